import assert from 'node:assert/strict';
import { cutLinesBelow } from '../../../../server/src/completion/filters/lines-below';
import { around } from '../support';

describe('completion filter: lines below', () => {
  const rows = [
    ['the closing bracket', 'f() {\n  |\n}\n', 'return 1;\n}', 'return 1;'],
    ['the next two lines', '  |\n  c();\n  d();\n', 'a();\n  c();\n  d();', 'a();'],
    ['the next line, cut by the limit', '  |\n  c();\n  d();\n', 'a();\n  c();', 'a();'],
    [
      'the next line, with blank lines between',
      '  |\n\n  c();\n  d();',
      'a();\n\n\n  c();\n\n  d();',
      'a();\n\n',
    ],
    ['the whole of it', '  |\n  c();\n', 'c();', ''],
    ['an equal line by chance', '|\n@Test\nb()', '@Test\na()', '@Test\na()'],
    ['an equal bracket by chance', '|\n{\n  b\n', '{\n  a\n}', '{\n  a\n}'],
    ['a bracket of an inner block', 'f() {\n  |\n}\n', 'if (a) {\n    b\n  }', 'if (a) {\n    b\n  }'],
    ['nothing below', 'a\n|', 'a\n}', 'a\n}'],
    ['mid-line, below its first line', 'if (|)\n}', 'a) {\n  b\n}', 'a) {\n  b'],
    ['mid-line, the first line is not complete', 'a|;\n  a()\n', '()', '()'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(cutLinesBelow(text, around(marked)), expected));
  }
});
