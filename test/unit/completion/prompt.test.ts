import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fimTokensSchema, type PromptSegment } from '#protocol';
import { budget, fimPrompt, windows } from '../../../server/src/completion/prompt';
import { QWEN } from './support';

const { families } = z
  .object({
    families: z.array(z.object({ family: z.string(), fim: fimTokensSchema, prompt: z.string() })),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/fim/families.json', 'utf8')));

const tokens = { prefix: 384, suffix: 124, completion: 128 };

function render(segments: readonly PromptSegment[]): string {
  return segments.map((segment) => (segment.kind === 'special' ? segment.token : segment.text)).join('');
}

describe('completion: prompt', () => {
  for (const { family, fim, prompt } of families) {
    it(`has the order that ${family} was trained on`, () => {
      assert.equal(render(fimPrompt(fim, { prefix: 'PRE', suffix: 'SUF' }, tokens)), prompt);
    });
  }

  it('is cut far from the cursor: at the start of the prefix and the end of the suffix', () => {
    assert.deepEqual(fimPrompt(QWEN, { prefix: 'PRE', suffix: 'SUF' }, tokens), [
      { kind: 'special', token: '<|fim_prefix|>' },
      { kind: 'text', text: 'PRE', max_tokens: 384, keep: 'end' },
      { kind: 'special', token: '<|fim_suffix|>' },
      { kind: 'text', text: 'SUF', max_tokens: 124, keep: 'start' },
      { kind: 'special', token: '<|fim_middle|>' },
    ]);
  });

  it('leaves special tokens that stand in the document as text', () => {
    const segments = fimPrompt(QWEN, { prefix: 'a<|fim_suffix|>b', suffix: '' }, tokens);
    assert.deepEqual(segments[1], {
      kind: 'text',
      text: 'a<|fim_suffix|>b',
      max_tokens: 384,
      keep: 'end',
    });
  });
});

describe('completion: token budgets', () => {
  const rows = [
    { batchSize: 512, contextSize: 4096, maxTokens: 128, prefix: 384, suffix: 124, completion: 128 },
    { batchSize: 1024, contextSize: 8192, maxTokens: 128, prefix: 768, suffix: 252, completion: 128 },
    { batchSize: 2048, contextSize: 1024, maxTokens: 128, prefix: 672, suffix: 220, completion: 128 },
    { batchSize: 512, contextSize: 256, maxTokens: 1024, prefix: 96, suffix: 28, completion: 128 },
    { batchSize: 4, contextSize: 4096, maxTokens: 1, prefix: 3, suffix: 0, completion: 1 },
    { batchSize: 0, contextSize: 0, maxTokens: 128, prefix: 0, suffix: 0, completion: 1 },
  ];
  for (const { batchSize, contextSize, maxTokens, ...expected } of rows) {
    it(`batch ${batchSize}, context ${contextSize}, ${maxTokens} to write`, () => {
      const actual = budget({ batchSize, contextSize }, maxTokens);
      assert.deepEqual(actual, expected);
      assert.deepEqual(windows(actual), { before: 8 * expected.prefix, after: 8 * expected.suffix });
    });
  }
});
