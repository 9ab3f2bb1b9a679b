import assert from 'node:assert/strict';
import { cutOutOfScope } from '../../../../server/src/completion/filters/scope';
import { around } from '../support';

describe('completion filter: scope', () => {
  const rows = [
    ['left of the start', 'def f():\n    |', 'a\n    b\nc\nd', 'a\n    b'],
    ['left of the start, below a blank line', 'def f():\n    |', 'a\n\nc', 'a\n'],
    ['at the start', '  |', 'a\n  b', 'a\n  b'],
    ['deeper', '  if a:|', '\n    b\n\n    c', '\n    b\n\n    c'],
    ['the model indents an empty line', 'def f():\n|', '    a\nb', '    a'],
    ['the model begins below an empty line', 'def f():\n|', '\n    a\n\nb', '\n    a\n'],
    ['the line that closes it', 'f() {\n  |', 'a;\n}', 'a;\n}'],
    ['nothing behind the line that closes it', 'f() {\n  |', 'a;\n}\nb();\n', 'a;\n}'],
    ['the line that closes it stands below', 'f() {\n  |\n}', 'a;\n}\nb', 'a;'],
    ['the line that closes something further out', 'f() {\n  g() {\n    |', 'a;\n}', 'a;'],
    ['the line that closes it and opens again', 'if a {\n  |', 'b\n} else {\n  c\n}', 'b'],
    ['`end`', 'def f\n  |', 'a\nend\nb', 'a\nend'],
    ['`else`', 'if a:\n    |', 'b\nelse:\n    c', 'b'],
    ['a closing tag', '<ul>\n  |', '<li>a</li>\n</ul>\n<p>', '<li>a</li>\n</ul>'],
    ['nothing to leave', '|', 'a\n  b\nc', 'a\n  b\nc'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(cutOutOfScope(text, around(marked)), expected));
  }
});
