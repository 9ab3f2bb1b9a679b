import assert from 'node:assert/strict';
import { replacedBy } from '../../../../server/src/completion/filters/replacement';
import { around } from '../support';

describe('completion filter: what a text replaces', () => {
  const rows = [
    // It closes what stands there, and goes on.
    ['foo(|)', 'a, b);', ')'],
    ['if (|)', 'x) {', ')'],
    ['if (|)', 'x) {\n  y();\n}', ')'],
    ['x = { | }', 'a: 1 };', ' }'],
    ['x = { |   }', 'a: 1 };', ''],
    ['bar(foo(|))', 'a)).c', '))'],
    ['x = [|];', '1, 2]; // two', '];'],
    ['say("|")', 'hi"); // loud', '")'],
    // It goes on before the rest of what stands there.
    ['bar(foo(|))', 'a).b)', ')'],
    ['bar(foo(|))', 'a).b', ')'],
    ['foo(|);', 'a).b();', ')'],
    ['foo(|);', 'a).b()', ')'],
    ['foo(|),', 'a), bar(b)', ')'],
    ['say("|")', 'hi", end="")', '"'],
    ['  "a": "|",', 'b", "c": 1', '"'],
    ['foo(|)  ', 'a);', ')'],
    // It ends where the line does: it is cut, not replaced.
    ['foo(|)', 'a, b)', ''],
    ['foo(|);', 'a);', ''],
    ['foo(|)', 'a) ', ''],
    ['  "a": "|",', 'b",', ''],
    // It does not close what stands there.
    ['foo(|)', 'bar(x);', ''],
    ['foo(|)', '")";', ''],
    ['foo(|)', 'a];', ''],
    ['bar(foo(|))', 'a)', ''],
    ["x = '|'", "a' + 'b", ''],
    ["x = '|'", "it's", ''],
    ["x = |'", "a'; b", ''],
    // More stands there than an editor closes by itself.
    ['catch (|) {', 'e) {}', ''],
    ['foo(|, b)', 'a) + c(d', ''],
    ['foo|()', 'bar();', ''],
    ['x = |"";', '"a"; b', ''],
    ['x = |;', '5; // five', ''],
    ['foo(|', 'a);', ''],
    // What is left of the line must not end up in a comment.
    ['bar(foo(|))', 'a) // b', ''],
  ] as const;
  for (const [marked, text, expected] of rows) {
    it(`${marked} ${JSON.stringify(text)}`, () => {
      const place = around(marked);
      assert.equal(place.lineSuffix.slice(0, replacedBy(text, place)), expected);
    });
  }
});
