import assert from 'node:assert/strict';
import { dropDuplicateLine } from '../../../../server/src/completion/filters/duplicate-line';
import { around } from '../support';

describe('completion filter: duplicate line', () => {
  const rows = [
    ['says the line above again', '  a();\n  |', 'a();', ''],
    ['says the line above again, indented', '  a();\n|', '    a();\n    b();', ''],
    ['says the line above again behind blank lines', 'a();\n\n|', 'a();', ''],
    ['says its own line again', 'a();|', '\na();', ''],
    ['finishes a line as the line above', 'const a = 1;\nconst|', ' a = 1;', ''],
    ['finishes a line as the line above, with what follows', 'f(a);\nf(|);', 'a', ''],
    ['says the line below', '|\na();', 'a();', ''],
    ['begins with the line below and goes on', '|\na();', 'a();\nb();', 'a();\nb();'],
    ['is another line', 'a();\n|', 'b();', 'b();'],
    ['goes on behind its own line', 'a();|', '\nb();', '\nb();'],
    ['repeats punctuation', '    }\n|', '  }', '  }'],
    ['has nothing around', '|', 'a', 'a'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(dropDuplicateLine(text, around(marked)), expected));
  }
});
