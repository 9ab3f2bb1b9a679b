import assert from 'node:assert/strict';
import { cutRestOfLine } from '../../../../server/src/completion/filters/rest-of-line';
import { around } from '../support';

describe('completion filter: rest of the line', () => {
  const rows = [
    // The closing bracket is there already.
    ['foo(|)', 'a, b)', 'a, b'],
    ['foo(|);', 'a)', 'a'],
    ['foo(|)', 'a, b);', 'a, b'],
    ['foo(|);', 'a, b);', 'a, b'],
    ['catch (|) {', 'error) {', 'error'],
    ['x = [|]', '1, 2]', '1, 2'],
    ['x = { | }', 'a: 1 }', 'a: 1 '],
    ['bar(foo(|))', 'a))', 'a'],
    // Brackets of the completion's own stay.
    ['foo(|)', 'bar(x)', 'bar(x)'],
    ['foo(|)', 'bar(x))', 'bar(x)'],
    ['foo(|)', '() => bar(x)', '() => bar(x)'],
    ['foo(|)', 'items[0]', 'items[0]'],
    ['foo(a|, b)', '.x)', '.x'],
    ['foo|()', 'bar()', 'bar'],
    // Quotes.
    ['print("|")', 'hello")', 'hello'],
    ["x = '|'", "a' + 'b", "a' + 'b"],
    ["x = '|'", "it'", 'it'],
    ['f(|)', '")"', '")"'],
    ['f(|)', "'a\\')', b)", "'a\\')', b"],
    // Other text.
    ['x = |;', '5;', '5'],
    ['x = | + 1;', 'y + 1;', 'y '],
    ['x = |+ 1;', 'y + 1; // sum', 'y '],
    ['|.length', 'arr.', 'arr'],
    ['return | value', 'value', ''],
    ['na|me', 'me', ''],
    ['x = | e', 'value', 'value'],
    ['x = |;', 'y', 'y'],
    // Nothing follows.
    ['foo(|', 'a)', 'a)'],
  ] as const;
  it('leaves what closes the part of the line that is replaced', () => {
    const place = { midLine: true, lineSuffix: ')', replaced: ')' };
    assert.equal(cutRestOfLine('a).b)', place), 'a).b');
    assert.equal(cutRestOfLine('hi", end="")', { ...place, replaced: '"' }), 'hi", end=""');
  });

  for (const [marked, text, expected] of rows) {
    it(`${marked} ${JSON.stringify(text)}`, () =>
      assert.equal(cutRestOfLine(text, { ...around(marked), replaced: '' }), expected));
  }
});
