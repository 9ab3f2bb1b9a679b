import assert from 'node:assert/strict';
import { cutClosingBrackets } from '../../../../server/src/completion/filters/closing-brackets';
import { around } from '../support';

describe('completion filter: closing brackets', () => {
  const rows = [
    ['what it opened itself', 'x = |', 'f(a[0], { b })', 'f(a[0], { b })'],
    ['what is open on the line', 'f(a, |', 'b)', 'b)'],
    ['more than is open on the line', 'f(a, |', 'b));', 'b)'],
    ['all that is open on the line', 'f(g([a, |', 'b]));', 'b]));'],
    ['another kind than is open', 'f(a, |', 'b]', 'b'],
    ['what was opened and closed again', 'f(a); x = |', 'b)', 'b'],
    ['nothing is open', '|', 'a }', 'a '],
    ['a block that is not closed below', 'f() {\n  |', 'a;\n}', 'a;\n}'],
    ['a block that is closed below', 'f() {\n  |\n}', 'a;\n}', 'a;\n'],
    ['a block in one that is closed below', 'class A {\n  f() {|\n}', '\n    a;\n  }', '\n    a;\n  }'],
    ['both blocks', 'class A {\n  f() {|\n}', '\n    a;\n  }\n}', '\n    a;\n  }\n'],
    ['a class that begins out of sight', '  f() {|\n}\n', '\n    a;\n  }', '\n    a;\n  }'],
    ['a call that is closed on a line below', 'f(|\n);', 'a)', 'a'],
    ['a call whose end is out of sight', 'f(\n  g(|', 'a),\n)', 'a),\n)'],
    ['two closers on one line below', 'f(() => {|\n});', '\n  a;\n});', '\n  a;\n'],
    ['a bracket in a string before', "f('(', |", 'a))', 'a)'],
    ['a bracket in a comment before', 'a(); // see (b\nx = |', 'c)', 'c'],
    ['an apostrophe in a comment before', "f( // don't\n  a|", ', b)', ', b)'],
    ['a stray bracket before', 'const smile = /:\\[/;\nif (a[|', 'b]) {', 'b]) {'],
    ['inside a string', 'print("|', 'a) b', 'a) b'],
    ['inside a comment', '// a) one |', 'b) two', 'b) two'],
    ['a string of its own', 'x = |', "')' + ']'", "')' + ']'"],
    ['a comment of its own', 'x = |', '1; // :)', '1; // :)'],
    ['a lifetime', '|', "fn f<'a>(x: &'a str) -> &'a str {", "fn f<'a>(x: &'a str) -> &'a str {"],
    ['a missing bracket is not added', 'f(|', 'g(a', 'g(a'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () =>
      assert.equal(cutClosingBrackets(text, around(marked), { languageId: 'typescript' }), expected),
    );
  }

  it('leaves alone a bracket that needs no partner in its language', () => {
    for (const languageId of ['markdown', 'plaintext', 'shellscript']) {
      assert.equal(cutClosingBrackets('b) two', around('|'), { languageId }), 'b) two', languageId);
    }
  });
});
