import assert from 'node:assert/strict';
import { look } from '../../../server/src/completion/surroundings';
import { around, at } from './support';

describe('completion: surroundings', () => {
  it('knows the lines around the cursor, blank ones skipped', () => {
    assert.deepEqual(around('one\n two\n\n  th|ree\n\n\nfour\nfive\nsix'), {
      prefix: 'one\n two\n\n  th',
      suffix: 'ree\n\n\nfour\nfive\nsix',
      linePrefix: '  th',
      lineSuffix: 'ree',
      midLine: true,
      lineAbove: ' two',
      linesBelow: ['four', 'five'],
      eol: '\n',
    });
  });

  it('knows the nothing around an empty document', () => {
    const { midLine, lineAbove, linesBelow, eol } = around('|');
    assert.deepEqual(
      { midLine, lineAbove, linesBelow, eol },
      { midLine: false, lineAbove: null, linesBelow: [], eol: '\n' },
    );
  });

  it('reads CRLF as line ends and remembers them', () => {
    const { prefix, linePrefix, lineSuffix, midLine, linesBelow, eol } = around('a\r\nb|\r\nc\r\n');
    assert.deepEqual(
      { prefix, linePrefix, lineSuffix, midLine, linesBelow, eol },
      { prefix: 'a\nb', linePrefix: 'b', lineSuffix: '', midLine: false, linesBelow: ['c'], eol: '\r\n' },
    );
  });

  it('takes blanks after the cursor for the end of the line', () => {
    assert.equal(around('a| \t\nb').midLine, false);
  });

  it('sees the selected entry of the suggestion list as typed', () => {
    const seen = look(at('x.le|;', { selected: { start: 2, text: 'length' } }), { before: 100, after: 100 });
    assert.equal(typeof seen === 'string' ? seen : seen.linePrefix, 'x.length');
  });

  const windows: readonly (readonly [
    name: string,
    marked: string,
    before: number,
    after: number,
    prefix: string,
    suffix: string,
  ])[] = [
    ['cuts plain text where told', 'abcdef|ghijkl', 3, 2, 'def', 'gh'],
    ['leaves no half of an emoji before', '😀😀|x', 3, 1, '😀', 'x'],
    ['leaves no half of an emoji after', 'x|😀😀', 1, 3, 'x', '😀'],
    ['leaves no half of a CRLF', 'a\r\nb|c\r\nd', 2, 2, 'b', 'c'],
  ];
  for (const [name, marked, before, after, prefix, suffix] of windows) {
    it(name, () => {
      const seen = look(at(marked), { before, after });
      assert.deepEqual(typeof seen === 'string' ? seen : [seen.prefix, seen.suffix], [prefix, suffix]);
    });
  }

  it('begins at the same place while somebody types, so that the engine keeps its KV cache', () => {
    const document = 'let x = 1;\n'.repeat(100);
    const beginnings = [...'for (const a of b) {'].map((_key, typed, keys) => {
      const text = document + keys.slice(0, typed + 1).join('');
      const seen = look(at('|', { text, offset: text.length }), { before: 400, after: 100 });
      return typeof seen === 'string' ? seen : text.length - seen.prefix.length;
    });
    assert.deepEqual(new Set(beginnings).size, 1);
  });

  const refused: readonly (readonly [name: string, reason: string, changes: Parameters<typeof at>[1]])[] = [
    ['a cursor behind the end', 'the cursor is outside the document', { text: 'ab', offset: 3 }],
    ['a cursor before the start', 'the cursor is outside the document', { text: 'ab', offset: -1 }],
    ['a cursor that is no number', 'the cursor is outside the document', { text: 'ab', offset: Number.NaN }],
    ['a cursor inside an emoji', 'the cursor is inside a character', { text: '😀', offset: 1 }],
    ['a cursor inside a CRLF', 'the cursor is inside a character', { text: '\r\n', offset: 1 }],
    [
      'an entry that starts behind the cursor',
      'the selected entry does not end at the cursor',
      { text: 'ab', offset: 1, selected: { start: 2, text: 'x' } },
    ],
    [
      'an entry that starts on another line',
      'the selected entry does not end at the cursor',
      { text: 'a\nb', offset: 3, selected: { start: 0, text: 'x' } },
    ],
  ];
  for (const [name, reason, changes] of refused) {
    it(`refuses ${name}`, () => {
      assert.equal(look(at('|', changes), { before: 100, after: 100 }), reason);
    });
  }
});
