/**
 * The few things that the page needs of the DOM. Views are made once and updated in place; everything from outside
 * becomes text, never HTML.
 */

/** A piece of the page that shows a value. */
export interface View<T> {
  readonly root: HTMLElement;
  update(value: T): void;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Touches the page only when the text is another one, so that a repaint and a screen reader see only changes. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(on: Element, name: string, value: string | null): void {
  if (on.getAttribute(name) === value) return;
  if (value === null) on.removeAttribute(name);
  else on.setAttribute(name, value);
}

export function setHidden(on: HTMLElement, hidden: boolean): void {
  if (on.hidden !== hidden) on.hidden = hidden;
}

/** Shows a text, or hides its element when there is none. */
export function setOptionalText(on: HTMLElement, text: string | null): void {
  setText(on, text ?? '');
  setHidden(on, text === null);
}

/** A text that may be cut off on the screen: all of it is in its tooltip. */
export function setCutText(on: HTMLElement, text: string): void {
  setText(on, text);
  setAttribute(on, 'title', text);
}

/** Keeps the children of `root` in step with a list: one view an item, found again by its key. */
export function createList<T>(
  root: HTMLElement,
  key: (item: T) => string,
  create: () => View<T>,
): View<readonly T[]> {
  let views = new Map<string, View<T>>();
  let order: readonly View<T>[] = [];
  return {
    root,
    update(items) {
      const kept = new Map<string, View<T>>();
      for (const [index, item] of items.entries()) {
        const wanted = key(item);
        // Keys come from outside: two that are the same must not share a view.
        const unique = kept.has(wanted) ? `${wanted} ${index}` : wanted;
        const view = views.get(unique) ?? create();
        kept.set(unique, view);
        view.update(item);
      }
      for (const [unique, view] of views) if (!kept.has(unique)) view.root.remove();
      views = kept;
      const wanted = [...kept.values()];
      if (wanted.length === order.length && wanted.every((view, index) => view === order[index])) return;
      for (const [index, view] of wanted.entries()) {
        const there = root.children[index];
        if (there !== view.root) root.insertBefore(view.root, there ?? null);
      }
      order = wanted;
    },
  };
}

/** A view that is touched only when what it shows is another one. */
export function onlyChanges<T>(view: View<T>, isSame: (one: T, other: T) => boolean): View<T> {
  let shown: { readonly value: T } | null = null;
  return {
    root: view.root,
    update(value) {
      if (shown && isSame(shown.value, value)) return;
      // Only when it was shown whole is it known what is shown.
      shown = null;
      view.update(value);
      shown = { value };
    },
  };
}
