import assert from 'node:assert/strict';
import { findFimTokens, type Vocabulary } from '../../../server/src/inference/engine/fim';

const nothing = { prefix: null, suffix: null, middle: null };
const qwen = { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>' };
const noFiles = { repository: null, file: null };
const vocabulary = (known: Vocabulary['known'], controlTokens: string[] = []): Vocabulary => ({
  known,
  isControlToken: (spelling: string) => controlTokens.includes(spelling),
});

describe('fill-in-the-middle tokens', () => {
  it('are those that llama.cpp found in the vocabulary', () => {
    assert.deepEqual(findFimTokens(vocabulary(qwen)), { ...qwen, ...noFiles });
  });

  it('may lack the middle', () => {
    const tiny = { ...qwen, middle: null };
    assert.deepEqual(findFimTokens(vocabulary(tiny)), { ...tiny, ...noFiles });
  });

  it('are Codestral’s where both are control tokens', () => {
    const codestral = { prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: null, ...noFiles };
    assert.deepEqual(findFimTokens(vocabulary(nothing, ['[PREFIX]', '[SUFFIX]'])), codestral);
    assert.equal(findFimTokens(vocabulary(nothing, ['[PREFIX]'])), null);
  });

  it('of repositories are found by their spelling', () => {
    const rows: [controlTokens: string[], repository: string | null, file: string | null][] = [
      [['<|repo_name|>', '<|file_sep|>'], '<|repo_name|>', '<|file_sep|>'],
      [['<reponame>'], '<reponame>', null],
      [['<repo_name>', '<file_sep>'], '<repo_name>', '<file_sep>'],
      [[], null, null],
    ];
    for (const [controlTokens, repository, file] of rows)
      assert.deepEqual(findFimTokens(vocabulary(qwen, controlTokens)), { ...qwen, repository, file });
  });

  it('of repositories alone are none', () => {
    assert.equal(findFimTokens(vocabulary(nothing, ['<|repo_name|>', '<|file_sep|>'])), null);
  });

  it('are never guessed', () => {
    assert.equal(findFimTokens(vocabulary(nothing)), null);
    assert.equal(findFimTokens(vocabulary({ ...qwen, suffix: null })), null);
  });
});
