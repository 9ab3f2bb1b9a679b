import assert from 'node:assert/strict';
import { chatLimits, estimatedTokens } from '../../../client/src/chat/limits';
import facts from '../../fixtures/chat/limits.json';

describe('what is published of a context', () => {
  for (const { context, expect } of facts.publish)
    it(`of ${context} tokens`, () => assert.deepEqual(chatLimits(context), expect));

  for (const context of [1, 2, 3, 512, 1023, 131_072])
    it(`of ${context} tokens: question and answer fit it together, and there is room for an answer`, () => {
      const { maxInputTokens, maxOutputTokens } = chatLimits(context);
      assert.equal(maxInputTokens + maxOutputTokens, context);
      assert.ok(maxOutputTokens >= 1);
    });
});

it('tokens are estimated at four characters each where nobody can count', () =>
  assert.deepEqual(['', 'a', 'abcd', 'abcde'].map(estimatedTokens), [0, 1, 1, 2]));
