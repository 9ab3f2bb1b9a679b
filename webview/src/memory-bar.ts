/** A bar of memory with its parts, and the same in words below: parts differ by pattern and text, not by colour alone. */
import { createList, element, setAttribute, setText, type View } from './dom';
import { type MemoryBar, type MemoryPart, partText, spoken } from './memory';

export interface NamedBar {
  /** "VRAM" */
  readonly name: string;
  /** For those who hear the bar: of what it is, "VRAM of GPU 0". */
  readonly spokenName: string;
  readonly bar: MemoryBar;
}

export function createMemoryBar(): View<NamedBar> {
  const name = element('span', 'label');
  const summary = element('span', 'value');
  const meter = element('div', '');
  const legend = element('ul', 'legend');
  // The meter says all of it already.
  legend.setAttribute('aria-hidden', 'true');
  const segments = createList(meter, partKind, createSegment);
  const entries = createList(legend, partKind, createEntry);

  return {
    root: element('div', 'memory', element('div', 'row', name, summary), meter, legend),
    update(named) {
      const { bar } = named;
      setText(name, named.name);
      setText(summary, bar.summary);
      describeMeter(meter, named);
      segments.update(bar.parts);
      entries.update(bar.parts);
    },
  };
}

/** A meter must have a value, so a bar that knows none is a picture that says so. */
function describeMeter(meter: HTMLElement, { spokenName, bar }: NamedBar): void {
  const known = bar.usedPercent !== null;
  setAttribute(meter, 'class', known ? 'bar' : 'bar unknown');
  setAttribute(meter, 'role', known ? 'meter' : 'img');
  setAttribute(meter, 'aria-label', known ? spokenName : `${spokenName}: ${spoken(bar)}`);
  setAttribute(meter, 'aria-valuemin', known ? '0' : null);
  setAttribute(meter, 'aria-valuemax', known ? '100' : null);
  setAttribute(meter, 'aria-valuenow', known ? String(Math.round(bar.usedPercent)) : null);
  setAttribute(meter, 'aria-valuetext', known ? spoken(bar) : null);
}

const partKind = (part: MemoryPart) => part.kind;

function createSegment(): View<MemoryPart> {
  const root = element('div', '');
  return {
    root,
    update(part) {
      setAttribute(root, 'class', `part ${part.kind}`);
      const share = String(part.bytes);
      if (root.style.flexGrow !== share) root.style.flexGrow = share;
    },
  };
}

function createEntry(): View<MemoryPart> {
  const swatch = element('span', '');
  const text = element('span', '');
  return {
    root: element('li', '', swatch, text),
    update(part) {
      setAttribute(swatch, 'class', `swatch ${part.kind}`);
      setText(text, partText(part));
    },
  };
}
