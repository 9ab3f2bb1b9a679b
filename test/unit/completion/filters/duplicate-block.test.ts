import assert from 'node:assert/strict';
import { dropDuplicateBlock } from '../../../../server/src/completion/filters/duplicate-block';
import { around } from '../support';

describe('completion filter: duplicate block', () => {
  const rows = [
    ['the block above', 'f() {\n  a();\n}\n|', 'f() {\n  a();\n}', ''],
    ['the block above, and more', 'f() {\n  a();\n}\n\n|', 'f() {\n  a();\n}\n\ng();', ''],
    ['the end of the block above', 'x;\na();\nb();\n|', 'a();\nb();\nc();', ''],
    ['the block above, indented anew', '  a();\n  b();\n|', 'a();\nb();', ''],
    ['the block above, begun before the cursor', 'if (a) {\n  b();\n}\nif (a)|', ' {\n  b();\n}', ''],
    ['another block', 'f() {\n  a();\n}\n|', 'g() {\n  a();\n}', 'g() {\n  a();\n}'],
    ['only its beginning', 'f() {\n  a();\n}\n|', 'f() {\n  b();\n}', 'f() {\n  b();\n}'],
    ['a block further up', 'a();\nb();\nc();\n|', 'a();\nb();', 'a();\nb();'],
    ['brackets', '    }\n  }\n|', '}\n}', '}\n}'],
    ['nothing above', '|', 'a\nb', 'a\nb'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(dropDuplicateBlock(text, around(marked)), expected));
  }
});
