/** Sets of characters, and how a JSON string writes them. Pure. */

/** Code points, from and to. */
export type Characters = readonly (readonly [from: number, to: number])[];

const LAST = 0x10ffff;
/** What stands in JSON with a backslash before it, and what JSON writes for it. */
const ESCAPES: readonly (readonly [code: number, written: string])[] = [
  [0x22, '"'],
  [0x5c, '\\'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
];
/** Control characters, and what is only half a character. */
const UNWRITTEN: Characters = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0xd800, 0xdfff],
];

export const NEWLINES: Characters = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const DIGITS = range('0', '9');
const LETTERS: Characters = [...range('a', 'z'), ...range('A', 'Z'), ...DIGITS, ...range('_', '_')];
const SPACES: Characters = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** What stands behind a backslash in a regular expression, and is more than itself. */
export const classes: ReadonlyMap<string, Characters> = new Map([
  ['d', DIGITS],
  ['D', except(DIGITS)],
  ['w', LETTERS],
  ['W', except(LETTERS)],
  ['s', SPACES],
  ['S', except(SPACES)],
  ['t', [[0x09, 0x09]]],
  ['n', [[0x0a, 0x0a]]],
  ['v', [[0x0b, 0x0b]]],
  ['f', [[0x0c, 0x0c]]],
  ['r', [[0x0d, 0x0d]]],
]);

export function range(from: string, to: string): Characters {
  return [[from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0]];
}

/** All others. */
export function except(characters: Characters): Characters {
  const left: Characters[number][] = [];
  let begin = 0;
  for (const [from, to] of characters.toSorted(([one], [other]) => one - other)) {
    if (from > begin) left.push([begin, from - 1]);
    begin = Math.max(begin, to + 1);
  }
  if (begin <= LAST) left.push([begin, LAST]);
  return left;
}

/** One of them, as JSON writes it between quotes; nothing can be written of a set that has none such. */
export function grammarOfCharacters(characters: Characters): string {
  const plain = except([...except(characters), ...UNWRITTEN]);
  const ways = [
    ...(plain.length === 0 ? [] : [`[${plain.map(([from, to]) => `${hex(from)}-${hex(to)}`).join('')}]`]),
    ...ESCAPES.filter(([code]) => characters.some(([from, to]) => from <= code && code <= to)).map(
      ([, written]) => `${literal('\\')} ${literal(written)}`,
    ),
  ];
  return ways.join(' | ');
}

/** A text as grammars spell it. */
export function literal(text: string): string {
  return `"${[...text].map((character) => (/[ -!#-[\]-~]/.test(character) ? character : hex(character.codePointAt(0) ?? 0))).join('')}"`;
}

function hex(code: number): string {
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}
