import assert from 'node:assert/strict';
import type { Grammar } from '../../../server/src/completion';
import type { Extent } from '../../../server/src/completion/extent';
import { type Collector, createCollector } from '../../../server/src/completion/stop';
import { grammar } from '../syntax/support';
import { around, inPieces, QWEN } from './support';

type Row = readonly [name: string, marked: string, written: string, text: string, unread: string];

function collectorAt(marked: string, kind: Extent['kind'], grammar: Grammar | null = null): Collector {
  return createCollector({ ...around(marked), extent: { kind }, grammar }, QWEN);
}

/** What stands, and what was left unread. */
function collect(collector: Collector, written: string, size: number): { text: string; unread: string } {
  const pieces = inPieces(written, size);
  const last = pieces.findIndex((piece) => !collector.take(piece));
  return { text: collector.text(), unread: last < 0 ? '' : pieces.slice(last + 1).join('') };
}

describe('completion: stop rules', () => {
  const lines: readonly Row[] = [
    ['mid-line, one line', 'f(|)', 'a, b)\nc()', 'a, b)', 'c()'],
    ['mid-line, nothing', 'f(|)', '\nc()', '', 'c()'],
    ['one line', 'a = |', 'b\nc', 'b', 'c'],
    ['one line, although it opens a block', '|', 'if (a) {\n  b();', 'if (a) {', '  b();'],
    ['one line after line breaks', 'a();|', '\n\nb();\nc();', '\n\nb();', 'c();'],
    ['one line, left of the start', '  a();|', '\n}\nb', '', '\nb'],
    ['an opening bracket and what it holds', '[\n  |\n  1]', '{\n    a\n  },\n  b', '{\n    a\n  },', '  b'],
    ['one line, not ended', 'a = |', 'b', 'b', ''],
    ['one line, blank', 'a = |', ' \n', ' ', ''],
    ['a special token', 'a = |', 'b<|endoftext|>cd', 'b', 'cd'],
    ['CRLF from the model', 'a = |', 'b\r\nc', 'b', 'c'],
  ];
  const blocks: readonly Row[] = [
    ['the model ends by itself', '|', 'a\nb', 'a\nb', ''],
    ['a special token', '|', 'a<|endoftext|>bcd', 'a', 'bcd'],
    ['a special token at the start', '|', '<|endoftext|>bcd', '', 'bcd'],
    ['left of the start, at its first character', '  |', 'a\nbcd', 'a', 'cd'],
    ['a closing bracket ends the block', 'f() {|', '\n  a\n}\nb', '\n  a\n}', 'b'],
    [
      'a closing bracket that opens again goes on',
      'if (a) {|',
      '\n  b\n} else {\n  c\n}\nd',
      '\n  b\n} else {\n  c\n}',
      'd',
    ],
    ['`else` goes on', 'if a:|', '\n  b\nelse:\n  c\nd\ne', '\n  b\nelse:\n  c', 'e'],
    ['a new statement ends the block', 'def f():|', '\n  a\n\n  b\n\nx = 1\ny', '\n  a\n\n  b\n', 'y'],
    ['a new statement ends the block, unfinished', 'def f():|', '\n  a\nx = ', '\n  a', ''],
    ['a new paragraph', '  |', 'a\n  b\n\n  c\nd', 'a\n  b\n', 'd'],
    [
      'a paragraph may begin below a blank line',
      'a();|',
      '\n\nb();\nc();\n\nd();\ne',
      '\n\nb();\nc();\n',
      'e',
    ],
    ['the closing tag', '<ul>|', '\n\t<li>a\n</ul>\n<p>', '\n\t<li>a\n</ul>', '<p>'],
    ['`end`', 'def f|', '\n  a\nend\nb', '\n  a\nend', 'b'],
    ['the line below that closes', 'f() {\n  |\n}', 'a\n}\nb', 'a\n}', '\nb'],
    ['the two lines below', '|\nc = 1\nd = 2', 'a = 1\nc = 1\nd = 2\ne', 'a = 1\nc = 1\nd = 2', 'e'],
    ['the same line again', '|', 'a = 1\nb = 2\nb = 2\nc', 'a = 1\nb = 2', 'c'],
    ['the same two lines again', '|', 'a(\n1,\na(\n1,\nb', 'a(\n1,', 'b'],
    [
      'equal punctuation goes on',
      '|',
      '[[\n  [\n    [\n    [\n      1',
      '[[\n  [\n    [\n    [\n      1',
      '',
    ],
    ['CRLF from the model', 'f() {|', '\r\n  a\r\n}\r\nb', '\n  a\n}', 'b'],
    ['what was opened is closed on its line', 'f(|', 'a, b);\nc();\nd();', 'a, b);', 'd();'],
    ['a body on the line of its head', 'if a:|', ' b()\nelse: c()\nd()\ne', ' b()\nelse: c()', 'e'],
    ['a brace on its own line', 'int f()|', '\n{\n  a;\n}\nb', '\n{\n  a;\n}', 'b'],
    ['indented by the model', 'f() {\n|\n}', '    a;\n}\nb', '    a;\n}', '\nb'],
    [
      'sixteen lines',
      '|',
      'abcdefghijklmnopqrst'.split('').join('\n'),
      'abcdefghijklmnop'.split('').join('\n'),
      'q\nr\ns\nt',
    ],
  ];
  for (const [kind, rows] of [
    ['line', lines],
    ['block', blocks],
  ] as const) {
    for (const [name, marked, written, text, unread] of rows) {
      it(`${kind}: ${name}`, () => {
        assert.deepEqual(collect(collectorAt(marked, kind), written, 1), { text, unread });
        for (const size of [2, 3, 7, written.length]) {
          assert.equal(collect(collectorAt(marked, kind), written, size).text, text);
        }
      });
    }
  }

  const byGrammar: readonly (readonly [languageId: string, ...Row])[] = [
    [
      'typescript',
      'a body that is not indented',
      '    if (a) {|',
      '\n    b();\n    c();\n    }\n    d();\n',
      '\n    b();\n    c();\n    }',
      '    d();\n',
    ],
    ['typescript', 'a call', 'f(|', '\n    a,\n  );\n  b();\n', '\n    a,\n  );', '  b();\n'],
    [
      'python',
      'a new statement',
      'if a:|',
      '\n  b()\nelse:\n  c()\nd()\ne()',
      '\n  b()\nelse:\n  c()',
      'e()',
    ],
    ['shellscript', '`fi`', 'if a; then|', '\n  b\nfi\nc\n', '\n  b\nfi', 'c\n'],
  ];
  for (const [languageId, name, marked, written, text, unread] of byGrammar) {
    it(`block, by the grammar of ${languageId}: ${name}`, async () => {
      const found = await grammar(languageId);
      assert.deepEqual(collect(collectorAt(marked, 'block', found), written, 1), { text, unread });
      for (const size of [2, 3, 7, written.length]) {
        assert.equal(collect(collectorAt(marked, 'block', found), written, size).text, text);
      }
    });
  }

  it('does not read for ever what has no line ends', () => {
    const collector = collectorAt('|', 'block');
    let pieces = 1;
    while (collector.take('x'.repeat(64))) pieces += 1;
    assert.ok(pieces <= 256, `${pieces} pieces were read`);
  });
});

describe('completion: what is final before the end', () => {
  type Row = readonly [
    name: string,
    marked: string,
    kind: Extent['kind'],
    written: string,
    final: string | null,
  ];
  const rows: readonly Row[] = [
    ['a line that is not ended', 'a = |', 'line', 'b', null],
    ['a line', 'a = |', 'line', 'b\n', 'b'],
    ['a line break alone', 'f() {|', 'block', '\n', null],
    ['the first line of a block', 'f() {|', 'block', '\n  a\n', '\n  a'],
    ['not the line that is being written', 'f() {|', 'block', '\n  a\n  b', '\n  a'],
    ['not a blank line', 'f() {|', 'block', '\n  a\n\n', '\n  a'],
    ['all of what is complete', 'f() {|', 'block', '\n  a\n}\n', '\n  a\n}'],
    ['not what may be a repetition', '|', 'block', 'a\nb\nc\na\n', 'a\nb\nc'],
    ['what was no repetition', '|', 'block', 'a\nb\nc\na\nd\n', 'a\nb\nc\na\nd'],
    ['not what may be the lines below', '|\nc = 1\nd = 2', 'block', 'a = 1\nc = 1\n', 'a = 1'],
    ['what was not the lines below', '|\nc = 1\nd = 2', 'block', 'a = 1\nc = 1\ne\n', 'a = 1\nc = 1\ne'],
  ];
  for (const [name, marked, kind, written, final] of rows) {
    it(name, () => {
      const collector = collectorAt(marked, kind);
      for (const piece of inPieces(written, 1)) if (!collector.take(piece)) break;
      assert.equal(collector.finalText(), final);
    });
  }

  it('stands, whatever comes', () => {
    const words = ['a', 'b = 1', 'c();', '\n', '\n', '\n  ', '\n  ', '{', '}', ' ', 'else:', '\n}'];
    for (let seed = 1; seed < 3000; seed++) {
      // A linear congruential generator: a failure names its seed.
      let state = seed;
      const pick = () => {
        state = (state * 48271) % 2147483647;
        return words[state % words.length] ?? '';
      };
      const below = `${pick()}${pick()}\n${pick()}${pick()}`;
      const collector = collectorAt(`${pick()}${pick()}|\n${below}`, seed % 4 === 0 ? 'line' : 'block');
      const finals: string[] = [];
      for (let pieces = 0; pieces < 60; pieces++) {
        const wanted = collector.take(pick());
        finals.push(collector.finalText() ?? '');
        if (!wanted) break;
      }
      const text = collector.text();
      for (const final of finals)
        assert.ok(text.startsWith(final), `seed ${seed}: ${JSON.stringify({ final, text })}`);
    }
  });
});
