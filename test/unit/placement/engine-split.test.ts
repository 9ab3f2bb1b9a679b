import assert from 'node:assert/strict';
import { engineSplit } from '../../../server/src/placement/engine-split';

/** Free memory in any unit, layers, and what llama.cpp makes of it. */
const rows: readonly [string, readonly number[], number, readonly number[]][] = [
  ['equal halves', [10, 10], 10, [5, 5]],
  ['an odd layer goes to the first', [10, 10], 9, [5, 4]],
  ['by free memory', [12, 24], 12, [4, 8]],
  ['a GPU with nearly nothing free gets a layer when it is first', [1, 1000], 10, [1, 9]],
  ['a GPU with nearly nothing free gets none when it is last', [1000, 1], 10, [10, 0]],
  ['nothing free at all', [0, 0], 3, [0, 0]],
  ['one GPU', [7], 33, [33]],
  ['no layers', [5, 5], 0, [0, 0]],
  // 1/3 added up three times in 32 bits is below 1, and layer 2 of 3 begins at 2/3.
  ['thirds', [8, 8, 8], 3, [1, 1, 1]],
];

describe('placement: how llama.cpp splits over GPUs', () => {
  for (const [name, free, layers, expected] of rows)
    it(name, () => {
      assert.deepEqual(engineSplit(free, layers), expected);
    });
});
