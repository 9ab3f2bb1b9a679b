/**
 * The view "Machines": the tree of `text/tree-text.ts`, redrawn at most once a second and only when something in it changed;
 * at once when the host is gone or there, since the welcome texts of the manifest come and go with it.
 */
import {
  type Disposable,
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  window,
} from 'vscode';
import { type Paced, paced } from '../panel/paced';
import { badgeOf } from '../text/badge-text';
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
  #badge = '';
  #hadHost = false;

  constructor(vramesh: Vramesh) {
    this.#vramesh = vramesh;
    this.#view = window.createTreeView('vramesh.machines', { treeDataProvider: this, showCollapseAll: true });
    this.#disposables = [
      this.#changed,
      this.#view,
      vramesh.onDidChange(() => this.#changedState()),
      this.#view.onDidChangeVisibility(() => this.#redraw.run()),
    ];
    this.#draw();
  }

  getChildren(entry?: TreeEntry): TreeEntry[] {
    return [...(entry?.children ?? this.#entries)];
  }

  getTreeItem({ id, kind, label, description, tooltip, icon, command, children }: TreeEntry): TreeItem {
    const { Expanded, None } = TreeItemCollapsibleState;
    const item = new TreeItem(label, children.length === 0 ? None : Expanded);
    if (command !== null) item.command = { title: label, command };
    const color = icon === 'error' ? new ThemeColor('list.errorForeground') : undefined;
    return Object.assign(item, {
      id,
      description,
      tooltip,
      iconPath: new ThemeIcon(icon, color),
      contextValue: kind,
      accessibilityInformation: { label: `${label}, ${description}` },
    });
  }

  dispose(): void {
    this.#redraw.cancel();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #changedState(): void {
    const hasHost = this.#vramesh.state !== null;
    if (hasHost !== this.#hadHost) this.#redraw.cancel();
    this.#hadHost = hasHost;
    this.#redraw.run();
  }

  #draw(): void {
    const { state } = this.#vramesh;
    this.#showBadge();
    if (!this.#view.visible) return;
    this.#entries = state === null ? [] : treeOf(state);
    const now = JSON.stringify(this.#entries);
    if (now === this.#drawn) return;
    this.#drawn = now;
    this.#changed.fire();
  }

  /** Also while the view is hidden: the number stands on the icon that opens it. */
  #showBadge(): void {
    const { state } = this.#vramesh;
    const badge = state === null ? undefined : badgeOf(state);
    const now = JSON.stringify(badge ?? null);
    if (now === this.#badge) return;
    this.#badge = now;
    this.#view.badge = badge;
  }
}
