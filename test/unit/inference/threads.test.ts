import assert from 'node:assert/strict';
import { fastestThreads, threadCandidates } from '../../../server/src/inference/engine/threads';

describe('number of threads', () => {
  for (const [cores, candidates] of [
    [1, [1]],
    [2, [2, 1]],
    [6, [6, 4, 2, 1]],
    [16, [16, 8, 4, 2, 1]],
  ] as const)
    it(`candidates on ${cores} cores`, () => {
      assert.deepEqual(threadCandidates(cores), candidates);
    });

  /** Measures on a machine where a token takes as long as the table says. */
  async function measure(msByThreads: Record<number, number>) {
    let clock = 0;
    const tried = new Set<number>();
    const decodeOne = async (threads: number) => {
      tried.add(threads);
      clock += msByThreads[threads] ?? Number.NaN;
    };
    const best = await fastestThreads([8, 4, 2, 1], decodeOne, () => clock);
    return { best: best.threads, tried: [...tried], total: clock };
  }

  it('is one where starting threads costs more than they bring', async () => {
    assert.equal((await measure({ 8: 30, 4: 20, 2: 10, 1: 0.6 })).best, 1);
  });

  it('is all of them for a large model, found without a try of one thread alone', async () => {
    const { best, tried } = await measure({ 8: 60, 4: 110, 2: 220, 1: 440 });
    assert.equal(best, 8);
    assert.deepEqual(tried, [8, 4]);
  });

  it('is the best so far when the machine is too slow to try more', async () => {
    const { best, tried } = await measure({ 8: 2000, 4: 1900, 2: 1800, 1: 1700 });
    assert.equal(best, 8);
    assert.deepEqual(tried, [8]);
  });
});
