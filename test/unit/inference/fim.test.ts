import assert from 'node:assert/strict';
import { findFimTokens } from '../../../server/src/inference/engine/fim';

const nothing = { prefix: null, suffix: null, middle: null };
const qwen = { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>' };
const vocabulary = (known: typeof nothing | typeof qwen, controlTokens: string[] = []) => ({
  known,
  isControlToken: (spelling: string) => controlTokens.includes(spelling),
});

describe('fill-in-the-middle tokens', () => {
  it('are those that llama.cpp found in the vocabulary', () => {
    assert.deepEqual(findFimTokens(vocabulary(qwen)), qwen);
  });

  it('may lack the middle', () => {
    const tiny = { ...qwen, middle: null };
    assert.deepEqual(findFimTokens({ ...vocabulary(qwen), known: tiny }), tiny);
  });

  it('are Codestral’s where both are control tokens', () => {
    const codestral = { prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: null };
    assert.deepEqual(findFimTokens(vocabulary(nothing, ['[PREFIX]', '[SUFFIX]'])), codestral);
    assert.equal(findFimTokens(vocabulary(nothing, ['[PREFIX]'])), null);
  });

  it('are never guessed', () => {
    assert.equal(findFimTokens(vocabulary(nothing)), null);
    assert.equal(findFimTokens({ ...vocabulary(qwen), known: { ...qwen, suffix: null } }), null);
  });
});
