/** What must hold whatever stands in the document and whatever the model writes. Seeded: a failure names its seed. */
import assert from 'node:assert/strict';
import { createCompleter } from '../../../server/src/completion';
import { createFilter } from '../../../server/src/completion/filters';
import { look } from '../../../server/src/completion/surroundings';
import { apply, at, inPieces, noSyntax, noWait, QWEN, scripted } from './support';

const DOCUMENT = [
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
  'שלום',
  '漢',
  '<',
  '|',
  'return x;',
  'end',
  '</p>',
  '<|fim_middle|>',
];
const WRITTEN = [
  ...DOCUMENT,
  '<|fim_prefix|>',
  '<|endoftext|>',
  '<|fim_suf',
  '<fim_pad>',
  '<｜fim▁end｜>',
  '\uFFFD',
  '\uD83D',
  '\0',
];
const SPECIAL = /<\|\w+\|>|<fim_pad>|<｜fim▁end｜>|<\|fim_suf$/;

/** Mulberry32: numbers in [0, 1) that depend on the seed alone. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function sample(next: () => number, words: readonly string[], most: number): string {
  const length = Math.floor(next() * most);
  return Array.from({ length }, () => words[Math.floor(next() * words.length)]).join('');
}

function atRandom(seed: number): { before: string; after: string; written: string; size: number } {
  const next = random(seed);
  return {
    before: sample(next, DOCUMENT, 30),
    after: sample(next, DOCUMENT, 30),
    written: sample(next, WRITTEN, 40),
    size: 1 + Math.floor(next() * 8),
  };
}

const SEEDS = Array.from({ length: 4000 }, (_, seed) => seed);

describe('completion: properties', () => {
  it('what is offered is sound', async () => {
    let offered = 0;
    for (const seed of SEEDS) {
      const { before, after, written, size } = atRandom(seed);
      const request = at('|', { text: before + after, offset: before.length, explicit: true });
      const outcome = await createCompleter({ clock: noWait, syntax: noSyntax }).complete(
        request,
        scripted(inPieces(written, size)),
      );
      if (outcome.kind === 'none') continue;
      offered += 1;
      const { suggestion } = outcome;
      const { insertText, start, end } = suggestion;
      const message = `seed ${seed}: ${JSON.stringify({ before, after, written, insertText })}`;

      assert.equal(
        apply(request.text, suggestion),
        before + insertText + after,
        `keeps the document: ${message}`,
      );
      assert.deepEqual([start, end], [before.length, before.length], message);
      assert.doesNotMatch(insertText, SPECIAL, `no special token: ${message}`);
      assert.doesNotMatch(insertText, /[\uD800-\uDFFF\uFFFD\0]/u, `whole characters: ${message}`);
      assert.notEqual(insertText.trim(), '', `something to see: ${message}`);
      if (/^[^\n]*\S/.test(after)) assert.doesNotMatch(insertText, /\n/, `one line before code: ${message}`);

      const firstEnd = /\r?\n/.exec(before + after)?.[0] ?? '\n';
      const ends = insertText.match(/\r?\n/g) ?? [];
      assert.ok(
        ends.every((each) => each === firstEnd),
        `line ends of the document: ${message}`,
      );
    }
    assert.ok(offered > 1000, `only ${offered} of ${SEEDS.length} were offered`);
  });

  it('filters do nothing the second time', () => {
    for (const seed of SEEDS) {
      const { before, after, written } = atRandom(seed);
      const seen = look({ text: before + after, offset: before.length }, { before: 4096, after: 1024 });
      if (typeof seen === 'string') continue;
      const filter = createFilter(seen, QWEN);
      const once = filter(written.replaceAll('\r', '')).text;
      assert.equal(filter(once).text, once, `seed ${seed}: ${JSON.stringify({ before, after, written })}`);
    }
  });
});

describe('completion: large documents', () => {
  const FAR = 5_000_000;
  const documents: readonly (readonly [name: string, before: string, after: string])[] = [
    ['one line of 5 MB, at its end', 'x = '.repeat(FAR / 4), ''],
    ['one line of 5 MB, at its start', '', ' = x'.repeat(FAR / 4)],
    ['one line of emoji, in its middle', '😀'.repeat(FAR / 4), '😀'.repeat(FAR / 4)],
    ['200,000 lines, in their middle', 'a = b;\r\n'.repeat(100_000), '\r\n'.repeat(100_000)],
    ['only brackets', '('.repeat(FAR / 2), ')'.repeat(FAR / 2)],
    ['only quotes', '"'.repeat(FAR / 2), "'".repeat(FAR / 2)],
    ['only blanks', ' '.repeat(FAR / 2), ' '.repeat(FAR / 2)],
    ['only the beginnings of special tokens', '<|'.repeat(FAR / 4), '<|fim_'.repeat(FAR / 12)],
  ];
  for (const [name, before, after] of documents) {
    it(`sends the model only what is near: ${name}`, async () => {
      const model = scripted(inPieces('("\'<|'.repeat(200), 3));
      const request = at('|', { text: before + after, offset: before.length, explicit: true });
      await createCompleter({ clock: noWait, syntax: noSyntax }).complete(request, model);
      const sent =
        model.requests[0]?.prompt.map((segment) => (segment.kind === 'text' ? segment.text.length : 0)) ?? [];
      const characters = sent.reduce((sum, length) => sum + length, 0);
      assert.ok(characters > 900 && characters <= 512 * 8 * 1.25, `${characters} characters were sent`);
    });
  }
});
