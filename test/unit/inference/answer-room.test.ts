import assert from 'node:assert/strict';
import { chatLimits } from '../../../client/src/chat/limits';
import { answerTokens } from '../../../server/src/inference/engine/answer-room';
import facts from '../../fixtures/chat/limits.json';

describe('how long an answer may be', () => {
  for (const { context, prompt_tokens, expect } of facts.answers)
    it(`after ${prompt_tokens} of ${context} tokens: never less than others give, nor more than is published`, () => {
      const { maxOutputTokens } = chatLimits(context);
      const room = answerTokens(context - 1, prompt_tokens, maxOutputTokens);
      assert.ok(room >= expect && room <= Math.min(maxOutputTokens, expect + facts.margin), `${room}`);
    });

  for (const { context, prompt_tokens } of facts.overflow)
    it(`none after ${prompt_tokens} of ${context} tokens, and both numbers are named`, () =>
      assert.throws(
        () => answerTokens(context - 1, prompt_tokens, 1),
        new RegExp(
          `${prompt_tokens} tokens, which exceeds the model context window: it holds ${context - 1},`,
        ),
      ));

  it('a prompt that fills the context is fine where no answer is wanted', () =>
    assert.equal(answerTokens(100, 100, 0), 0));
});
