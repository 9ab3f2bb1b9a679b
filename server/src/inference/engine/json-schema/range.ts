/** Numbers between two bounds, as a grammar of their digits. Pure. */
import { type Fields, refused } from './fields';
import type { Range } from './held';

/** Digits before the point, which every reader of JSON keeps exactly. */
const DIGITS = 15;
const LARGEST = 10 ** DIGITS - 1;
const FRACTION = `"." [0-9]{1,${DIGITS}}`;
/** Not zero. */
const SOME_FRACTION = `"." [0-9]{0,${DIGITS}} [1-9]`;
const EXPONENT = '[eE] [-+]? [0-9]{1,2}';

/** @throws RequestError for bounds between which no number can be written. */
export function rangeOf(schema: Fields, whole: boolean, path: string): Range {
  const bound = (word: string): number | null => {
    const value = schema[word];
    if (value === undefined) return null;
    if (typeof value !== 'number' || Number.isNaN(value))
      throw refused(path, `has "${word}", which is no number`);
    if (!whole && !Number.isInteger(value))
      throw refused(path, `has "${word}" ${value}: numbers can be held to whole bounds only`);
    return value;
  };
  const lower = sharper(bound('minimum'), bound('exclusiveMinimum'), (one, other) => one >= other);
  const upper = sharper(bound('maximum'), bound('exclusiveMaximum'), (one, other) => one <= other);
  const range = whole
    ? {
        least: lower.at === null ? null : lower.open ? Math.floor(lower.at) + 1 : Math.ceil(lower.at),
        most: upper.at === null ? null : upper.open ? Math.ceil(upper.at) - 1 : Math.floor(upper.at),
        above: false,
        below: false,
      }
    : { least: lower.at, most: upper.at, above: lower.open, below: upper.open };
  const [least, most] = [range.least ?? -LARGEST, range.most ?? LARGEST];
  const isEmpty = least > most || (least === most && (range.above || range.below));
  if (isEmpty || least > LARGEST || most < -LARGEST)
    throw refused(path, 'has bounds between which no number can be written');
  return range;
}

export function rangeGrammar(whole: boolean, { least, most, above, below }: Range): string {
  if (least === null && most === null) {
    const digits = `"-"? ("0" | [1-9] [0-9]{0,${DIGITS - 1}})`;
    return whole ? digits : `${digits} (${FRACTION})? (${EXPONENT})?`;
  }
  const low = Math.max(least ?? -LARGEST, -LARGEST);
  const high = Math.min(most ?? LARGEST, LARGEST);
  const write = whole ? integers : decimals;
  const positive = high < 0 ? [] : write(Math.max(low, 0), high, above && low >= 0, below);
  // What is below zero, by how far: the bounds change places, and zero itself is written without a sign.
  const negative = low >= 0 ? [] : write(Math.max(-high, 0), -low, high >= 0 || below, above);
  return [...positive, ...negative.map((digits) => `"-" (${digits})`)].join(' | ');
}

function sharper(
  closed: number | null,
  open: number | null,
  isSharper: (one: number, other: number) => boolean,
) {
  const isOpen = open !== null && (closed === null || isSharper(open, closed));
  return { at: isOpen ? open : closed, open: isOpen };
}

/** Ways to write the whole numbers from `low` to `high`, neither below zero. */
function integers(low: number, high: number, above: boolean, below: boolean): string[] {
  return digits(low + Number(above), high - Number(below));
}

/** The same of numbers with a fraction. */
function decimals(low: number, high: number, above: boolean, below: boolean): string[] {
  const followed = (ways: string[], fraction: string) => ways.map((way) => `(${way}) ${fraction}`);
  return [
    ...(low < high && above ? followed(digits(low, low), SOME_FRACTION) : []),
    ...followed(digits(low + Number(above), high - 1), `(${FRACTION})?`),
    ...(below || (low === high && above) ? [] : digits(high, high)),
  ];
}

function digits(low: number, high: number): string[] {
  const ways: string[] = [];
  for (let length = String(low).length; low <= high && length <= String(high).length; length++) {
    const smallest = Math.max(low, length === 1 ? 0 : 10 ** (length - 1));
    const largest = Math.min(high, 10 ** length - 1);
    ways.push(between(String(smallest), String(largest)));
  }
  return ways;
}

/** Both have as many digits. */
function between(low: string, high: string): string {
  if (low === '') return '';
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const left = lowRest.length;
  if (first === last) return `"${first}" ${between(lowRest, highRest)}`.trim();
  const fromLow = /[^0]/.test(lowRest);
  const toHigh = /[^9]/.test(highRest);
  const [from, to] = [first + Number(fromLow), last - Number(toHigh)];
  const ways = [
    ...(fromLow ? [`"${first}" ${between(lowRest, '9'.repeat(left))}`] : []),
    ...(from <= to ? [left > 0 ? `[${from}-${to}] [0-9]{${left}}` : `[${from}-${to}]`] : []),
    ...(toHigh ? [`"${last}" ${between('0'.repeat(left), highRest)}`] : []),
  ];
  return ways.length === 1 ? ways.join('') : `(${ways.join(' | ')})`;
}
