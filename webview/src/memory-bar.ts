/** A bar of memory with its parts, and the same in words below: parts differ by pattern and text, not by colour alone. */
import { createList, element, setAttribute, setText, type View } from './dom';
import { createMark } from './mark';
import { type MemoryBar, type MemoryPart, partText, spoken, totals } from './memory';

export interface NamedBar {
  /** "VRAM" */
  readonly name: string;
  /** For those who hear the bar: of what it is, "VRAM of GPU 0 of workstation". */
  readonly spokenName: string;
  readonly bar: MemoryBar;
}

export function createMemoryBar(): View<NamedBar> {
  const name = element('span', 'label');
  const summary = element('span', 'value');
  const meter = createMeter('bar');
  const legend = element('ul', 'parts');
  // The meter says all of it already.
  legend.setAttribute('aria-hidden', 'true');
  const entries = createList(legend, ({ kind }: MemoryPart) => kind, createEntry);

  return {
    root: element('div', 'memory', element('div', 'row', name, summary), meter.root, legend),
    update(named) {
      setText(name, named.name);
      setText(summary, named.bar.summary);
      meter.update(named);
      entries.update(totals(named.bar));
    },
  };
}

/** Only the bar: its words are for those who hear it, and for who points at it. */
export function createMeter(className: string): View<NamedBar> {
  const root = element('div', className);
  const segments = createList(root, ({ part }: MarkedPart) => `${part.kind} ${part.mark}`, createSegment);
  return {
    root,
    update(named) {
      describe(root, named);
      const { parts } = named.bar;
      segments.update(
        parts.map((part, position) => ({
          part,
          // Where a model's parts begin.
          letter: part.mark !== null && parts[position - 1]?.mark !== part.mark ? part.mark : null,
        })),
      );
    },
  };
}

/** A meter must have a value, so a bar that knows none is a picture that says so. */
function describe(root: HTMLElement, { spokenName, bar }: NamedBar): void {
  const known = bar.usedPercent !== null;
  root.classList.toggle('unknown', !known);
  setAttribute(root, 'role', known ? 'meter' : 'img');
  setAttribute(root, 'aria-label', known ? spokenName : `${spokenName}: ${spoken(bar)}`);
  setAttribute(root, 'aria-valuemin', known ? '0' : null);
  setAttribute(root, 'aria-valuemax', known ? '100' : null);
  setAttribute(root, 'aria-valuenow', known ? String(Math.round(bar.usedPercent)) : null);
  setAttribute(root, 'aria-valuetext', known ? spoken(bar) : null);
}

interface MarkedPart {
  readonly part: MemoryPart;
  readonly letter: string | null;
}

/** The most numerous thing on the page: it remembers what it shows, since asking the page costs more. */
function createSegment(): View<MarkedPart> {
  const mark = createMark();
  const root = element('div', '', mark.root);
  let bytes = -1;
  let letter: string | null = null;
  mark.root.hidden = true;
  return {
    root,
    update(next) {
      if (bytes === -1) root.className = `part ${next.part.kind}`;
      if (bytes !== next.part.bytes) {
        bytes = next.part.bytes;
        root.style.flexGrow = String(bytes);
      }
      if (letter === next.letter) return;
      letter = next.letter;
      mark.root.hidden = letter === null;
      mark.update(letter ?? '');
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
