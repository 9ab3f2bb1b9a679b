/** One tooltip for the whole page, beside what is pointed at or has the focus. Escape hides it. */
import { createList, element, setText, type View } from './dom';
import type { DetailGroup } from './gpu-details';
import type { Reading } from './gpu-words';

export interface Tooltip {
  readonly root: HTMLElement;
  /** @param content asked for when it is shown, and again at each update of the page */
  attach(to: HTMLElement, content: () => TooltipContent | null): void;
  /** What is shown may have changed. */
  refresh(): void;
}

export interface TooltipContent {
  readonly title: string;
  readonly groups: readonly DetailGroup[];
}

const id = 'tooltip';
const delayMs = 350;
const gap = 6;

export function createTooltip(): Tooltip {
  const title = element('p', 'title');
  const groups = createList(element('div', 'groups'), ({ title: name }: DetailGroup) => name, createGroup);
  const root = element('div', 'tooltip', title, groups.root);
  root.id = id;
  root.setAttribute('role', 'tooltip');
  root.hidden = true;
  let shown: { on: HTMLElement; content: () => TooltipContent | null } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function fill(): boolean {
    const content = shown?.content() ?? null;
    if (!content) return false;
    setText(title, content.title);
    groups.update(content.groups);
    return true;
  }

  function show(on: HTMLElement, content: () => TooltipContent | null): void {
    hide();
    shown = { on, content };
    if (!fill()) {
      shown = null;
      return;
    }
    on.setAttribute('aria-describedby', id);
    root.hidden = false;
    place(root, on.getBoundingClientRect());
  }

  function hide(): void {
    clearTimeout(timer);
    shown?.on.removeAttribute('aria-describedby');
    shown = null;
    root.hidden = true;
  }

  /** What comes into sight because it got the focus keeps its tooltip; what moves away under the pointer does not. */
  function scrolled(): void {
    if (!shown) return;
    const near = shown.on.getBoundingClientRect();
    const isSeen = near.bottom > 0 && near.top < document.documentElement.clientHeight;
    if (isSeen && shown.on === document.activeElement) place(root, near);
    else hide();
  }

  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  document.addEventListener('scroll', scrolled, { passive: true, capture: true });

  return {
    root,
    attach(to, content) {
      to.addEventListener('pointerenter', () => {
        clearTimeout(timer);
        timer = setTimeout(() => show(to, content), delayMs);
      });
      to.addEventListener('pointerleave', hide);
      to.addEventListener('focus', () => show(to, content));
      to.addEventListener('blur', hide);
    },
    refresh() {
      if (shown && (!shown.on.isConnected || !fill())) hide();
    },
  };
}

/** Beside it where there is room, else below or above; never beyond the edges. */
function place(root: HTMLElement, near: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = root;
  const { clientWidth, clientHeight } = document.documentElement;
  const roomy = width + 2 * gap;
  const isBeside = clientWidth - near.right >= roomy || near.left >= roomy;
  const isBelow = clientHeight - near.bottom >= Math.min(height + gap, near.top);
  const beside = clientWidth - near.right >= roomy ? near.right + gap : near.left - width - gap;
  const above = isBelow ? near.bottom + gap : near.top - height - gap;
  const [left, top] = isBeside ? [beside, near.top] : [near.left, above];
  root.style.left = `${Math.max(gap, Math.min(left, clientWidth - width - gap))}px`;
  root.style.top = `${Math.max(gap, Math.min(top, clientHeight - height - gap))}px`;
}

function createGroup(): View<DetailGroup> {
  const title = element('p', 'label');
  const rows = createList(element('dl', ''), ({ label }: Reading) => label, createRow);
  return {
    root: element('div', 'group', title, rows.root),
    update(group) {
      setText(title, group.title);
      rows.update(group.rows);
    },
  };
}

function createRow(): View<Reading> {
  const label = element('dt', '');
  const value = element('dd', 'value');
  return {
    root: element('div', 'row', label, value),
    update(row) {
      setText(label, row.label);
      setText(value, row.value);
    },
  };
}
