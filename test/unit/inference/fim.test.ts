import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { findFimTokens, type Vocabulary } from '../../../server/src/inference/engine/fim';

const known = z
  .object({ repository: z.array(z.string()), file: z.array(z.string()) })
  .parse(JSON.parse(readFileSync('test/fixtures/fim/repository-tokens.json', 'utf8')));

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

  for (const token of known.repository)
    it(`has ${token} before the name of a repository`, () => {
      assert.deepEqual(findFimTokens(vocabulary(qwen, [token])), { ...qwen, repository: token, file: null });
    });

  for (const token of known.file)
    it(`has ${token} before the path of a file`, () => {
      assert.deepEqual(findFimTokens(vocabulary(qwen, [token])), { ...qwen, repository: null, file: token });
    });

  it('takes the first of several for repositories', () => {
    const [repository] = known.repository;
    const [file] = known.file;
    const all = [...known.repository, ...known.file].reverse();
    assert.deepEqual(findFimTokens(vocabulary(qwen, all)), { ...qwen, repository, file });
  });

  it('of repositories alone are none', () => {
    assert.equal(findFimTokens(vocabulary(nothing, ['<|repo_name|>', '<|file_sep|>'])), null);
  });

  it('are never guessed', () => {
    assert.equal(findFimTokens(vocabulary(nothing)), null);
    assert.equal(findFimTokens(vocabulary({ ...qwen, suffix: null })), null);
  });
});
