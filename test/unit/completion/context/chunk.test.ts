import assert from 'node:assert/strict';
import { cutChunk, pieceOf } from '../../../../server/src/completion/context';
import { document, lines } from './support';

describe('completion context: pieces of a document', () => {
  const rows: [what: string, text: string, line: number, from: number, to: number][] = [
    ['a short document is one piece', lines('a', 10), 4, 0, 10],
    ['at the top', lines('a', 500), 0, 0, 64],
    ['in the middle, at a step', lines('a', 500), 200, 160, 224],
    ['a few lines further on it is the same piece', lines('a', 500), 220, 160, 224],
    ['at the end', lines('a', 500), 499, 448, 500],
    ['a line behind the end counts as the last', lines('a', 500), 2_000_000_000, 448, 500],
    ['a line in an empty stretch', `${'\n'.repeat(100)}${lines('a', 100)}`, 110, 100, 128],
  ];
  for (const [what, text, line, from, to] of rows) {
    it(what, () => {
      const piece = cutChunk(document(text), line);
      const expected = text.split('\n').slice(from, to).join('\n');
      assert.deepEqual(piece, { line: from, text: `${expected}\n` });
    });
  }

  const refused: [what: string, text: string][] = [
    ['an empty document', ''],
    ['blank lines', '\n \n\t\n'.repeat(20)],
    ['a document of more than 1 MiB', lines('a', 60_000)],
    ['a minified file', `var a=1;${'f(a);'.repeat(100_000)}`],
    ['a long line among others', `${lines('a', 5)}const data = "${'x'.repeat(500)}";\n${lines('b', 5)}`],
    ['bytes', `${lines('a', 5)}\0\0\0\n${lines('b', 5)}`],
    ['two lines', 'const a = 1;\nconst b = 2;\n'],
    ['brackets only', '{\n}\n'.repeat(10)],
  ];
  for (const [what, text] of refused) {
    it(`none of ${what}`, () => assert.equal(cutChunk(document(text), 0), null));
  }

  it('has line ends as prompts have them', () =>
    assert.equal(cutChunk(document('a = 1\r\nb = 2\r\nc = 3'), 0)?.text, 'a = 1\nb = 2\nc = 3\n'));

  it('keeps what is nearest where there is too much', () => {
    const wide = Array.from({ length: 64 }, (_, at) => `${at} ${'x'.repeat(200)}`).join('\n');
    for (const focus of [0, 30, 63]) {
      const piece = pieceOf(wide, 0, focus);
      assert.ok(piece && piece.text.length <= 4096 && piece.text.length > 3800, `${piece?.text.length}`);
      assert.ok(piece.text.split('\n').some((line) => line.startsWith(`${focus} `)));
    }
  });
});
