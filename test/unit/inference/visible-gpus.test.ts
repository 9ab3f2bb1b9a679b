import assert from 'node:assert/strict';
import { visibleGpus } from '../../../server/src/inference';

const gpus = [
  { index: 0, uuid: 'GPU-8f3c1111-aaaa' },
  { index: 1, uuid: 'GPU-8f3d2222-bbbb' },
  { index: 2, uuid: null },
  { index: 4, uuid: 'GPU-44440000-cccc' },
];

describe('the GPUs that CUDA_VISIBLE_DEVICES leaves', () => {
  const cases: [list: string | undefined, indexes: number[]][] = [
    [undefined, [0, 1, 2, 4]],
    ['', []],
    ['-1', []],
    ['NoDevFiles', []],
    ['1', [1]],
    // the fourth of NVIDIA's, whatever lies between them
    ['3', [4]],
    [' 2 , 0 ', [2, 0]],
    ['GPU-8f3d2222-bbbb,0', [1, 0]],
    ['GPU-8f3c', [0]],
    // names two, so neither
    ['GPU-8f3', []],
    ['GPU-ffff', []],
    // CUDA ends at the first that it does not know
    ['0,-1,1', [0]],
    ['0,99,1', [0]],
    ['MIG-4a7b1d2c-0000', []],
  ];
  for (const [list, indexes] of cases)
    it(`${list === undefined ? 'none' : JSON.stringify(list)}: ${indexes.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(
        visibleGpus(gpus, list).map(({ index }) => index),
        indexes,
      );
    });
});
