/** The two status items. Their text is set only when it changes: the workbench lays out the whole bar each time. */
import { t } from '@vscode/l10n';
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
import { linkedCommands } from '../text/card-text';
import type { Vramesh } from '../vramesh';
import { gpuText, type StatusText } from './gpu-text';
import { modelText } from './model-text';

export class StatusItems implements Disposable {
  readonly #vramesh: Vramesh;
  readonly #gpu = createItem('vramesh.gpu', t('VRAMesh: GPU'), 102, commandIds.gpuMenu);
  readonly #model = createItem('vramesh.model', t('VRAMesh: Model'), 101, commandIds.modelMenu);
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
    const { state, problem, snooze } = this.#vramesh;
    const gpus = state && gpuText(state);
    if (gpus) show(this.#gpu, gpus);
    else this.#gpu.hide();
    const languageId = window.activeTextEditor?.document.languageId ?? null;
    const snoozedFor = snooze.secondsLeft;
    show(this.#model, modelText({ state, problem, settings: readSettings(), languageId, snoozedFor }));
  }
}

function createItem(id: string, name: string, priority: number, command: string): StatusBarItem {
  const item = window.createStatusBarItem(id, StatusBarAlignment.Right, priority);
  item.name = name;
  item.command = command;
  return item;
}

/** It may run what it links to, and nothing else; what comes from outside is escaped. */
function card(markdown: string): MarkdownString {
  const tooltip = new MarkdownString(markdown, true);
  tooltip.isTrusted = { enabledCommands: linkedCommands };
  return tooltip;
}

const shown = new WeakMap<StatusBarItem, StatusText>();

function show(item: StatusBarItem, now: StatusText): void {
  const before = shown.get(item);
  shown.set(item, now);
  if (before?.text !== now.text) {
    item.text = now.text;
    item.accessibilityInformation = { label: `${item.name}: ${now.text.replace(/\$\([^)]*\)\s*/g, '')}` };
  }
  if (before?.tooltip !== now.tooltip) item.tooltip = card(now.tooltip);
  if (before?.warning !== now.warning) {
    item.backgroundColor = now.warning ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  }
  item.show();
}
