import assert from 'node:assert/strict';
import { matchIndentation } from '../../../../server/src/completion/filters/indentation';
import { around } from '../support';

const TABS = 'a {\n\tb {\n\t\tc\n\t}\n}\n';
const TWO = 'a {\n  b {\n    c\n  }\n}\n';
const FOUR = 'a {\n    b {\n        c\n    }\n}\n';

describe('completion filter: indentation', () => {
  const rows = [
    // A file with tabs.
    [
      'blanks become tabs',
      `${TABS}f {|`,
      '\n    x\n    y {\n        z\n    }\n}',
      '\n\tx\n\ty {\n\t\tz\n\t}\n}',
    ],
    ['two blanks become one tab', `${TABS}f {|`, '\n  x {\n    y\n  }\n}', '\n\tx {\n\t\ty\n\t}\n}'],
    ['behind a tab', `${TABS}\tif x {|`, '\n        y\n    }', '\n\t\ty\n\t}'],
    ['behind a tab that the model keeps', `${TABS}\tif x {|`, '\n\t    y\n\t}', '\n\t\ty\n\t}'],
    [
      'behind a tab, two blanks a step',
      `${TABS}\tif x {|`,
      '\n    y {\n      z\n    }\n  }',
      '\n\t\ty {\n\t\t\tz\n\t\t}\n\t}',
    ],
    ['the first line too', `${TABS}f {\n|`, '    x\n    y', '\tx\n\ty'],
    ['on a line of tabs', `${TABS}\t|`, 'x\n    y', 'x\n\ty'],
    ['back to the left', `${TABS}a {\n\tb {\n\t\tc\n|`, '    }\n}', '\t}\n}'],
    ['tabs stay', `${TABS}f {|`, '\n\tx\n}', '\n\tx\n}'],
    ['what lines up stays', `${TABS}\tf(a,|`, '\n\t  b)', '\n\t  b)'],
    ['the star of a comment stays', `${TABS}\t/**|`, '\n\t * x\n\t */', '\n\t * x\n\t */'],
    // A file with two blanks.
    ['tabs become blanks', `${TWO}f {|`, '\n\tx {\n\t\ty\n\t}\n}', '\n  x {\n    y\n  }\n}'],
    ['four blanks become two', `${TWO}f {|`, '\n    x {\n        y\n    }\n}', '\n  x {\n    y\n  }\n}'],
    ['four blanks become two, inside', `${TWO}  f {|`, '\n      x\n  }', '\n    x\n  }'],
    ['four blanks become two, below a colon', `${TWO}a:|`, '\n    b:\n        c', '\n  b:\n    c'],
    ['the first line too, below what it belongs to', `${TWO}  f {\n|`, '      x\n      y', '    x\n    y'],
    ['the same stays', `${TWO}f {|`, '\n  x {\n    y\n  }\n}', '\n  x {\n    y\n  }\n}'],
    ['an argument on the next line stays', `${TWO}f(|`, '\n    x)', '\n    x)'],
    ['steps of two kinds stay', `${TWO}f {|`, '\n    x {\n      y\n    }\n}', '\n    x {\n      y\n    }\n}'],
    // A file with four.
    ['two blanks become four', `${FOUR}f {|`, '\n  x {\n    y\n  }\n}', '\n    x {\n        y\n    }\n}'],
    ['tabs become four blanks', `${FOUR}    f {|`, '\n\t\tx\n\t}', '\n        x\n    }'],
    ['a tab at the start of a line', `${FOUR}f {\n|`, '\tx', '    x'],
    // No file to go by.
    ['nothing is indented', 'a\nb\n|', 'f {\n\tx\n}', 'f {\n\tx\n}'],
    ['one line', `${TABS}a |`, '=    b', '=    b'],
    ['blank lines', `${TABS}f {|`, '\n\tx\n    \n\ty', '\n\tx\n    \n\ty'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => {
      const once = matchIndentation(text, around(marked));
      assert.equal(once, expected);
      assert.equal(matchIndentation(once, around(marked)), expected, 'the second time');
    });
  }
});
