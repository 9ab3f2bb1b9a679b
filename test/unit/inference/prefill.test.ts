import assert from 'node:assert/strict';
import { prefillSpeed, prefillStepFor } from '../../../server/src/inference/engine/generate';

describe('size of a prefill step', () => {
  const cases: [what: string, msPerToken: number, batchSize: number, stepMs: number, tokens: number][] = [
    ['a whole batch where it takes no time', 0, 512, 250, 512],
    ['a whole batch on a fast machine', 0.1, 512, 250, 512],
    ['what a quarter of a second allows', 2.5, 512, 250, 100],
    ['less where it shall take less time', 1, 512, 50, 50],
    ['not too few on a slow machine', 200, 512, 250, 32],
    ['never more than a batch', 200, 16, 250, 16],
  ];
  for (const [what, msPerToken, batchSize, stepMs, tokens] of cases)
    it(what, () => {
      assert.equal(prefillStepFor(msPerToken, batchSize, stepMs), tokens);
    });
});

describe('speed of a prefill', () => {
  const cases: [tokens: number, ms: number, speed: number | null][] = [
    [1000, 500, 2000],
    [64, 32, 2000],
    [63, 32, null],
    [1, 10, null],
    [1000, 0, null],
  ];
  for (const [tokens, ms, speed] of cases)
    it(`${tokens} tokens in ${ms} ms: ${speed ?? 'too few to tell'}`, () => {
      assert.equal(prefillSpeed(tokens, ms), speed);
    });
});
