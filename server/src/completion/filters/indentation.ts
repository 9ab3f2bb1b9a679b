/**
 * Indents as the file does. A model that has learned four blanks writes them into a file with tabs, or with two:
 * its steps are translated, and what is deeper than something else stays so. What only lines up is left as it is.
 */
import { isBlank } from '../lines';
import type { Surroundings } from '../surroundings';

const TAB = '\t';
/** Blanks that a model means by one step, in a file with tabs, where it does not show. */
const USUAL_STEP = 4;
/** Blanks of the smallest and of the largest step: one alone stands before the `*` of a comment. */
const STEPS = { min: 2, max: 8 };
/** A line below which a block begins: not `(`, below which many styles indent twice. */
const OPENS = /(?:[{:]|\b(?:then|do)|<\w[^<>]*>)\s*$/;

export function matchIndentation(
  text: string,
  {
    prefix,
    suffix,
    linePrefix,
    lineAbove,
  }: Pick<Surroundings, 'prefix' | 'suffix' | 'linePrefix' | 'lineAbove'>,
): string {
  if (!/^[ \t]|\n[ \t]/.test(text)) return text;
  const unit = unitOf(`${prefix}${suffix}`.split('\n'));
  if (unit === null) return text;

  // What is deeper is so in comparison with the cursor's line; on an empty one, with the line above.
  const isEmpty = linePrefix === '';
  const lines = (isEmpty ? `${lineAbove ?? ''}\n${text}` : linePrefix + text).split('\n');
  const [head = '', ...tail] = lines;
  const translate = unit === TAB ? toTabs(stepOf(lines)) : toBlanks(unit, stepToTranslate(lines, unit));
  const first = leading(head);
  const isIndented = !isEmpty && isBlank(linePrefix);
  const base = isIndented ? linePrefix + translate(first.slice(linePrefix.length), '', '') : first;
  const translated = tail.map((line) => {
    const lead = leading(line);
    return isBlank(line) ? line : translate(lead, first, base) + line.slice(lead.length);
  });
  if (isEmpty) return translated.join('\n');
  return [base + head.slice(first.length), ...translated].join('\n').slice(linePrefix.length);
}

/** Gives for the white space of a line that of the file. The line to compare with had `first`, and now has `base`. */
type Translate = (lead: string, first: string, base: string) => string;

function toTabs(step: number | null): Translate {
  const blanks = step ?? USUAL_STEP;
  const tabs = (width: number) => TAB.repeat(Math.floor(width / blanks)) + ' '.repeat(width % blanks);
  return (lead, first, base) => {
    // Behind the same tabs and without a block of its own, blanks line something up.
    if (step === null && first !== '' && lead.startsWith(first)) return base + lead.slice(first.length);
    const width = columns(lead, blanks);
    const deeper = width - columns(first, blanks);
    return deeper < 0 ? tabs(width) : base + tabs(deeper);
  };
}

function toBlanks(unit: string, step: number | null): Translate {
  return (lead, first, base) => {
    const width = columns(lead, unit.length);
    const deeper = width - columns(first, unit.length);
    if (lead.includes(TAB)) return deeper < 0 ? ' '.repeat(width) : base + ' '.repeat(deeper);
    return step === null || deeper < 0 || deeper % step !== 0 ? lead : base + unit.repeat(deeper / step);
  };
}

/** One step of indentation, as most of the lines have it; null: none is indented. */
function unitOf(lines: readonly string[]): string | null {
  const steps = new Map<number, number>();
  let tabs = 0;
  let blanks = 0;
  let previous = 0;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const lead = leading(line);
    const step = lead.length - previous;
    previous = lead.length;
    if (lead.startsWith(TAB)) tabs += 1;
    else if (lead.length >= STEPS.min) blanks += 1;
    if (!lead.includes(TAB) && step >= STEPS.min && step <= STEPS.max) {
      steps.set(step, (steps.get(step) ?? 0) + 1);
    }
  }
  if (tabs > blanks) return TAB;
  const [most] = [...steps].sort(([a, one], [b, other]) => other - one || a - b);
  return most === undefined ? null : ' '.repeat(most[0]);
}

/** Blanks with which the model indents a block; null: it begins none, or not always with the same. */
function stepOf(lines: readonly string[]): number | null {
  const steps = new Set<number>();
  let opener: string | null = null;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const lead = leading(line);
    const step = opener === null ? null : stepBetween(opener, lead);
    if (step !== null) steps.add(step);
    opener = OPENS.test(line) ? lead : null;
  }
  const [step] = steps;
  return step !== undefined && steps.size === 1 ? step : null;
}

function stepBetween(opener: string, lead: string): number | null {
  const deeper = lead.startsWith(opener) ? lead.slice(opener.length) : lead;
  // Blanks in place of the tabs above: they are as many steps, and one.
  const step = deeper === lead ? lead.length / (opener.length + 1) : deeper.length;
  const isStep = Number.isInteger(step) && step >= STEPS.min && step <= STEPS.max;
  return isStep && /^ +$/.test(deeper) && (deeper !== lead || !opener.includes(' ')) ? step : null;
}

/** The model's step, when it is another than that of the file and all of its lines keep to it. */
function stepToTranslate(lines: readonly string[], unit: string): number | null {
  const step = stepOf(lines);
  if (step === null || step === unit.length) return null;
  const first = leading(lines[0] ?? '').length;
  const fits = lines.every((line) => isBlank(line) || (leading(line).length - first) % step === 0);
  return fits ? step : null;
}

function leading(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function columns(lead: string, tab: number): number {
  return [...lead].reduce((sum, each) => sum + (each === TAB ? tab : 1), 0);
}
