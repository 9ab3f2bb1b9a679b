/** Whatever stands in a document: an answer, in bounded work, and the next one is right. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSyntax } from '../../../server/src/syntax';
import { languages } from '../../../server/src/syntax/languages';
import { GRAMMARS } from './support';

const hostile: readonly (readonly [name: string, unit: string, length?: number])[] = [
  ['one line of 5 MB', 'x = ', 5_000_000],
  ['open round brackets', '('],
  ['open brackets of all kinds', '([{'],
  ['closed brackets', '}'],
  ['closed and open', ')('],
  ['angle brackets', 'a<b,'],
  ['quotes', '"\'`'],
  ['templates', '`${'],
  ['here-documents', '<<A\n'],
  ['directives', '#if A\n'],
  ['heads without bodies', 'if a:\n '],
  ['comments that open', '/*'],
  ['pages of comments', '// a\n'],
  ['heads', 'if ('],
  ['words', 'a b '],
  ['deeper and deeper', 'if (a) {\n'],
  ['lone high surrogates', '\uD83D'],
  ['lone low surrogates', '\uDC00 '],
  ['NUL', '\0'],
  ['control characters', '\u0001\u001B'],
  ['emoji', '😀'],
  ['blanks', ' '],
  ['line ends', '\n'],
  ['other line ends', '\r\u2028'],
  ['backslashes', '\\'],
];

describe('syntax: hostile documents', () => {
  for (const language of languages) {
    it(`${language.ids[0]}: gives up what takes too long`, async () => {
      const { stopwatch, asked } = restless();
      const grammar = await openSyntax({ folder: GRAMMARS, stopwatch, log: { warn: assert.fail } }).grammar(
        language.ids[0] ?? '',
      );
      assert.ok(grammar);
      for (const [name, unit, length = 100_000] of hostile) {
        const text = unit.repeat(length / unit.length);
        for (const offset of [0, 1, text.length / 2, text.length]) {
          const before = asked();
          assert.match(grammar.blockAt(text, Math.floor(offset)), /^(?:starts|empty|other)$/, name);
          assert.ok(asked() - before <= 2 * MOST_ASKED, `${name}: two parses, each given up in time`);
        }
        const end = grammar.blockEnd(text, unit.repeat(100));
        assert.ok(end === null || (end >= 0 && end <= unit.length * 100), name);
        assert.equal(grammar.blockEnd('f() {', text), null, name);
      }
      const head = HEADS.get(language.ids[0] ?? '') ?? 'f() {';
      assert.equal(grammar.blockAt(head, head.length), 'starts', 'afterwards');
    });
  }
});

describe('syntax: grammars', () => {
  it('does not know a language that has none', async () => {
    const syntax = openSyntax({ folder: GRAMMARS, stopwatch: () => () => 0, log: { warn: assert.fail } });
    for (const id of ['html', 'json', 'yaml', 'markdown', 'plaintext', '', '__proto__', '../css']) {
      assert.equal(await syntax.grammar(id), null, id);
    }
  });

  it('loads a grammar once', async () => {
    const syntax = openSyntax({ folder: GRAMMARS, stopwatch: () => () => 0, log: { warn: assert.fail } });
    const [one, other] = await Promise.all([syntax.grammar('css'), syntax.grammar('css')]);
    assert.ok(one);
    assert.equal(one, other);
  });

  const rubbish = mkdtempSync(path.join(tmpdir(), 'grammars-'));
  before(() => {
    for (const file of ['tree-sitter.wasm', 'tree-sitter-css.wasm'])
      writeFileSync(path.join(rubbish, file), 'rubbish');
  });
  after(() => rmSync(rubbish, { recursive: true }));
  const broken: readonly (readonly [string, string])[] = [
    ['no folder', path.join(rubbish, 'none')],
    ['files that are no grammars', rubbish],
  ];
  for (const [name, folder] of broken) {
    it(`says once that a grammar does not load: ${name}`, async () => {
      const warnings: string[] = [];
      const syntax = openSyntax({
        folder,
        stopwatch: () => () => 0,
        log: { warn: (line) => warnings.push(line) },
      });
      assert.equal(await syntax.grammar('css'), null);
      assert.equal(await syntax.grammar('css'), null);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /indentation where tree-sitter-css\.wasm is needed: it does not load/);
    });
  }
});

/** Of a block, where `f() {` is none. */
const HEADS = new Map([
  ['css', '.a {'],
  ['python', 'if a:'],
  ['ruby', 'def f'],
]);

/** Each look at the clock is a quarter of a millisecond later: a parse is asked for its time so often at most. */
const MOST_ASKED = 24;

function restless(): { stopwatch(): () => number; asked(): number } {
  let asked = 0;
  return {
    stopwatch() {
      const start = asked;
      return () => {
        asked += 1;
        return (asked - start) / 4;
      };
    },
    asked: () => asked,
  };
}
