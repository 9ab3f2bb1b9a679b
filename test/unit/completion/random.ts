/** Documents and completions that depend on a seed alone: noise, and code as people and models write it. */

const NOISE = [
  'foo',
  'bar',
  ' ',
  ' ',
  '  ',
  '\t',
  '\n',
  '\n',
  '\n  ',
  '\r\n',
  '\r\n\t',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '`',
  ';',
  ',',
  '.',
  '=',
  '\\',
  '😀',
  '👩‍👧',
  'é',
  'e\u0301',
  'שלום',
  '\u202e',
  '漢',
  '<',
  '|',
  '// ',
  'return x;',
  'end',
  '</p>',
  '<|fim_middle|>',
];
/** What a model may write that no document should get. */
const BROKEN = [
  '<|fim_prefix|>',
  '<|endoftext|>',
  '<|fim_suf',
  '<fim_pad>',
  '<｜fim▁end｜>',
  '\uFFFD',
  '\uD83D',
  '\0',
];
export const SPECIAL = /<\|\w+\|>|<fim_pad>|<｜fim▁end｜>|<\|fim_suf$/;

/** `>` begins a block and `<` ends one. */
const CODE = [
  '>if (a) {',
  '<}',
  '>function f(a, b) {',
  '<}',
  '>def f(a):',
  '>for x in xs:',
  '>items.forEach((item) => {',
  '<});',
  '>const o = {',
  '<};',
  '>[',
  '<],',
  '><ul>',
  '<</ul>',
  '>if [ -f a ]; then',
  '<fi',
  'foo(bar(x), [1, 2]);',
  "say('😀 é', \"it's\");",
  'return a + b;',
  'name: "שלום",',
  '// a comment, (b)',
  '# don’t',
  'let s = `a ({ b`;',
  'x = y[0]["k"]',
  "impl<'a> Trait<'a> for &'a str",
  '@Test',
  '',
];
const CLOSED = [')', ');', '")', "'", '")]', ' }', '))', '}', '],', ''];
const UNITS = ['  ', '    ', '\t', ' '];

export interface Situation {
  readonly before: string;
  readonly after: string;
  readonly written: string;
  /** Units in which the engine hands over what it writes. */
  readonly size: number;
  readonly explicit: boolean;
}

export function situation(seed: number): Situation {
  const next = random(seed);
  const texts = next() < 0.5 ? noise(next) : code(next);
  return { ...texts, size: 1 + Math.floor(next() * 8), explicit: next() < 0.5 };
}

type Texts = Pick<Situation, 'before' | 'after' | 'written'>;

function noise(next: () => number): Texts {
  return {
    before: sample(next, NOISE, 30),
    after: sample(next, NOISE, 30),
    written: sample(next, [...NOISE, ...BROKEN], 40),
  };
}

/** The model goes on with the code, then repeats some of what stands around, and breaks off anywhere. */
function code(next: () => number): Texts {
  const eol = next() < 0.3 ? '\r\n' : '\n';
  const unit = pick(next, UNITS);
  const above = lines(next, unit, 12);
  const below = lines(next, unit, 12).join(eol);
  const [line = '', ...others] = lines(next, next() < 0.5 ? unit : pick(next, UNITS), 8);
  const characters = [...line];
  const typed = Math.floor(next() * (characters.length + 1));
  const closed = next() < 0.6 ? pick(next, CLOSED) : characters.slice(typed).join('');
  const rest = next() < 0.7 ? characters.slice(typed).join('') : '';
  const echo = pick(next, ['', closed, below, above.slice(-3).join('\n'), `${closed};`, ...BROKEN]);
  const written = [rest + pick(next, ['', closed]), ...others, echo].join(pick(next, ['\n', '\n', ' ']));
  return {
    before: [...above, characters.slice(0, typed).join('')].join(eol),
    after: closed + eol + below,
    written: [...written].slice(0, 1 + Math.floor(next() * (written.length + 20))).join(''),
  };
}

function lines(next: () => number, unit: string, most: number): string[] {
  let depth = 0;
  return Array.from({ length: Math.floor(next() * most) }, () => {
    const line = pick(next, CODE);
    if (line.startsWith('<')) depth = Math.max(0, depth - 1);
    const indented = unit.repeat(depth) + line.replace(/^[<>]/, '');
    if (line.startsWith('>')) depth += 1;
    return indented;
  });
}

function pick(next: () => number, from: readonly string[]): string {
  return from[Math.floor(next() * from.length)] ?? '';
}

function sample(next: () => number, words: readonly string[], most: number): string {
  return Array.from({ length: Math.floor(next() * most) }, () => pick(next, words)).join('');
}

/** Mulberry32: numbers in [0, 1) that depend on the seed alone. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
