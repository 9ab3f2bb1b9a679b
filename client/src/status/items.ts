/** The two status items. Their text is set only when it changes: the workbench lays out the whole bar each time. */
import {
  type Disposable,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
  workspace,
} from 'vscode';
import { commandIds } from '../commands/ids';
import { affectsSettings, readSettings } from '../settings';
import type { Vramesh } from '../vramesh';
import { gpuText, type StatusText } from './gpu-text';
import { modelText } from './model-text';

export class StatusItems implements Disposable {
  readonly #vramesh: Vramesh;
  readonly #gpu = createItem('vramesh.gpu', 'VRAMesh: GPU', 102, commandIds.gpuMenu);
  readonly #model = createItem('vramesh.model', 'VRAMesh: Model', 101, commandIds.modelMenu);
  readonly #disposables: Disposable[];

  constructor(vramesh: Vramesh) {
    this.#vramesh = vramesh;
    this.#disposables = [
      this.#gpu,
      this.#model,
      vramesh.onDidChange(() => this.#update()),
      window.onDidChangeActiveTextEditor(() => this.#update()),
      workspace.onDidChangeConfiguration((change) => {
        if (affectsSettings(change)) this.#update();
      }),
    ];
    this.#update();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #update(): void {
    const { state, problem } = this.#vramesh;
    const profile = state?.topology.nodes[0]?.node_profile;
    if (profile) show(this.#gpu, gpuText(profile));
    else this.#gpu.hide();
    const languageId = window.activeTextEditor?.document.languageId ?? null;
    show(this.#model, modelText({ state, problem, settings: readSettings(), languageId }));
  }
}

function createItem(id: string, name: string, priority: number, command: string): StatusBarItem {
  const item = window.createStatusBarItem(id, StatusBarAlignment.Right, priority);
  item.name = name;
  item.command = command;
  return item;
}

const shown = new WeakMap<StatusBarItem, StatusText>();

function show(item: StatusBarItem, now: StatusText): void {
  const before = shown.get(item);
  shown.set(item, now);
  if (before?.text !== now.text) {
    item.text = now.text;
    item.accessibilityInformation = { label: `${item.name}: ${now.text.replace(/\$\([^)]*\)\s*/g, '')}` };
  }
  if (before?.tooltip !== now.tooltip) item.tooltip = new MarkdownString(now.tooltip, true);
  if (before?.warning !== now.warning) {
    item.backgroundColor = now.warning ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  }
  item.show();
}
