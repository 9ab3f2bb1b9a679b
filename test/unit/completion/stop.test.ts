import assert from 'node:assert/strict';
import { createCollector } from '../../../server/src/completion/stop';
import { around, inPieces, QWEN } from './support';

/** What stands, and what was left unread. */
function collect(marked: string, written: string, size: number): { text: string; unread: string } {
  const collector = createCollector(around(marked), QWEN);
  const pieces = inPieces(written, size);
  const last = pieces.findIndex((piece) => !collector.take(piece));
  return { text: collector.text(), unread: last < 0 ? '' : pieces.slice(last + 1).join('') };
}

describe('completion: stop rules', () => {
  const rows: readonly (readonly [
    name: string,
    marked: string,
    written: string,
    text: string,
    unread: string,
  ])[] = [
    ['mid-line, one line', 'f(|)', 'a, b)\nc()', 'a, b)', 'c()'],
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
    [
      'sixteen lines',
      '|',
      'abcdefghijklmnopqrst'.split('').join('\n'),
      'abcdefghijklmnop'.split('').join('\n'),
      'q\nr\ns\nt',
    ],
  ];
  for (const [name, marked, written, text, unread] of rows) {
    it(name, () => {
      assert.deepEqual(collect(marked, written, 1), { text, unread });
      for (const size of [2, 3, 7, written.length]) assert.equal(collect(marked, written, size).text, text);
    });
  }

  it('does not read for ever what has no line ends', () => {
    const collector = createCollector(around('|'), QWEN);
    let pieces = 1;
    while (collector.take('x'.repeat(64))) pieces += 1;
    assert.ok(pieces <= 256, `${pieces} pieces were read`);
  });
});
