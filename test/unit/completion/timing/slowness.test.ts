import assert from 'node:assert/strict';
import { createSlowness } from '../../../../server/src/completion/timing/slowness';

describe('completion: is the model slow', () => {
  const rows = [
    ['nothing was measured', [], false],
    ['once is no proof', [9000], false],
    ['a single long one among quick ones', [100, 9000, 100, 100], false],
    ['half of the last ones', [100, 100, 2000, 2000], true],
    ['it was, and is not any more', [2000, 2000, 2000, 2000, 100, 100, 100, 100, 100, 100, 100, 100], false],
    [
      'a little below the limit, but it was slow',
      [2000, 2000, 2000, 2000, 1200, 1200, 1200, 1200, 1200],
      true,
    ],
    ['a little below the limit, and it was not', [1200, 1200, 1200, 1200], false],
  ] as const;
  for (const [name, answers, expected] of rows) {
    it(name, () => {
      const slowness = createSlowness();
      for (const ms of answers) slowness.answered(ms);
      assert.equal(slowness.slow, expected);
    });
  }
});
