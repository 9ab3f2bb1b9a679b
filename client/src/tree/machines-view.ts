/** The view "Machines": the tree of `text/tree-text.ts`, redrawn at most once a second and only when something in it changed. */
import {
  commands,
  type Disposable,
  EventEmitter,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  window,
} from 'vscode';
import { commandIds } from '../commands/ids';
import { type Paced, paced } from '../panel/paced';
import { type TreeEntry, treeOf } from '../text/tree-text';
import type { Vramesh } from '../vramesh';

const redrawMs = 1000;

export class MachinesView implements TreeDataProvider<TreeEntry>, Disposable {
  readonly #vramesh: Vramesh;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: TreeView<TreeEntry>;
  readonly #redraw: Paced = paced(redrawMs, () => this.#draw());
  readonly #disposables: Disposable[];
  #entries: readonly TreeEntry[] = [];
  #drawn = '[]';

  constructor(vramesh: Vramesh) {
    this.#vramesh = vramesh;
    this.#view = window.createTreeView('vramesh.machines', { treeDataProvider: this });
    this.#disposables = [
      this.#changed,
      this.#view,
      vramesh.onDidChange(() => this.#redraw.run()),
      this.#view.onDidChangeVisibility(() => this.#redraw.run()),
    ];
    this.#draw();
  }

  getChildren(entry?: TreeEntry): TreeEntry[] {
    return [...(entry?.children ?? this.#entries)];
  }

  getTreeItem({ id, kind, label, description, tooltip, icon, children }: TreeEntry): TreeItem {
    const isLeaf = children.length === 0;
    const isMachine = kind === 'machine' || kind === 'thisMachine';
    const open = isMachine ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
    const item = new TreeItem(label, isLeaf ? TreeItemCollapsibleState.None : open);
    if (kind === 'invitation') item.command = { title: 'Invite Machine…', command: commandIds.invite };
    return Object.assign(item, {
      id,
      description,
      tooltip,
      iconPath: new ThemeIcon(icon),
      contextValue: kind,
      accessibilityInformation: { label: `${label}, ${description}` },
    });
  }

  dispose(): void {
    this.#redraw.cancel();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #draw(): void {
    const { state } = this.#vramesh;
    void commands.executeCommand('setContext', 'vramesh.hasHost', state !== null);
    if (!this.#view.visible) return;
    this.#entries = state === null ? [] : treeOf(state);
    const now = JSON.stringify(this.#entries);
    if (now === this.#drawn) return;
    this.#drawn = now;
    this.#changed.fire();
  }
}
