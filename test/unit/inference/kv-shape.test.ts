import assert from 'node:assert/strict';
import { kvShape } from '../../../server/src/inference/engine/kv-shape';

/** The formula for blocks with so many KV numbers and bytes of state, and something for every layer but the output. */
function formulaOf(numbers: number[], state: number[]) {
  return (onGpu: number, type: 'F16' | 'F32') => {
    const first = numbers.length + 1 - onGpu;
    const sum = (values: number[]) => values.slice(first).reduce((total, value) => total + value, 0);
    return sum(numbers) * (type === 'F16' ? 2 : 4) + sum(state) + Math.min(onGpu, numbers.length) * 30;
  };
}

describe('how the KV cache is spread over the blocks', () => {
  it('bytes of each, in order', () => {
    assert.deepEqual(kvShape(3, 'f16', formulaOf([100, 200, 400], [0, 0, 0])), [200, 400, 800]);
  });
  it('fewer bits, fewer bytes', () => {
    assert.deepEqual(kvShape(2, 'q8_0', formulaOf([320, 640], [0, 0])), [340, 680]);
    assert.deepEqual(kvShape(2, 'q4_0', formulaOf([320, 640], [0, 0])), [180, 360]);
  });
  it('recurrent blocks have a state in its place, which the type does not change', () => {
    assert.deepEqual(
      kvShape(4, 'q8_0', formulaOf([320, 0, 320, 0], [0, 5000, 0, 5000])),
      [340, 5000, 340, 5000],
    );
  });
  it('one block', () => {
    assert.deepEqual(kvShape(1, 'f16', formulaOf([100], [0])), [200]);
  });
});
