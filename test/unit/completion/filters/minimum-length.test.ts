import assert from 'node:assert/strict';
import { dropTooShort } from '../../../../server/src/completion/filters/minimum-length';

describe('completion filter: minimum length', () => {
  const rows = [
    ['a bracket', ')', ''],
    ['a semicolon', ';', ''],
    ['a letter', 'x', ''],
    ['an emoji', '😀', ''],
    ['a bracket and a blank', ') ', ''],
    ['a bracket and a semicolon', ');', ');'],
    ['a blank and a bracket', ' {', ' {'],
    ['a bracket on a line of its own', '\n}', '\n}'],
    ['a word', 'id', 'id'],
  ] as const;
  for (const [name, text, expected] of rows) {
    it(name, () => {
      assert.equal(dropTooShort(text, { explicit: false }), expected);
      assert.equal(dropTooShort(text, { explicit: true }), text, 'asked for');
    });
  }

  it('does not count indentation, which the editor gives', () => {
    assert.equal(dropTooShort('\n        }', { explicit: false }), '\n        }');
  });
});
