import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type FimSegment, type FimTokens, fimTokensSchema } from '#protocol';
import type { ContextChunk, PromptContext } from '../../../server/src/completion';
import { budget, fimPrompt, fitting, type Place, windows } from '../../../server/src/completion/prompt';
import { noContext, QWEN } from './support';

const { families } = z
  .object({
    families: z.array(z.object({ family: z.string(), fim: fimTokensSchema, prompt: z.string() })),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/fim/families.json', 'utf8')));

const tokens = { prefix: 384, suffix: 124, completion: 128, context: 0 };
const around = { prefix: 'PRE', suffix: 'SUF' };

function place(changes: Partial<Place> = {}): Place {
  return { around, languageId: 'typescript', context: noContext, ...changes };
}

function render(segments: readonly FimSegment[]): string {
  return segments.map((segment) => (segment.kind === 'special' ? segment.token : segment.text)).join('');
}

describe('completion: prompt', () => {
  for (const { family, fim, prompt } of families) {
    it(`has the order that ${family} was trained on`, () => {
      assert.equal(render(fimPrompt(fim, place(), tokens)), prompt);
    });
  }

  it('is cut far from the cursor: at the start of the prefix and the end of the suffix', () => {
    assert.deepEqual(fimPrompt(QWEN, place(), tokens), [
      { kind: 'special', token: '<|fim_prefix|>' },
      { kind: 'text', text: 'PRE', max_tokens: 384, keep: 'end' },
      { kind: 'special', token: '<|fim_suffix|>' },
      { kind: 'text', text: 'SUF', max_tokens: 124, keep: 'start' },
      { kind: 'special', token: '<|fim_middle|>' },
    ]);
  });

  it('leaves special tokens that stand in the document as text', () => {
    const segments = fimPrompt(QWEN, place({ around: { prefix: 'a<|fim_suffix|>b', suffix: '' } }), tokens);
    assert.deepEqual(segments[1], {
      kind: 'text',
      text: 'a<|fim_suffix|>b',
      max_tokens: 384,
      keep: 'end',
    });
  });
});

describe('completion: other files in the prompt', () => {
  const room = { ...tokens, context: 1000 };
  const chunk = (path: string, text: string): ContextChunk => ({ path, line: 0, text, origin: 'edited' });
  const context: PromptContext = {
    version: 3,
    repository: 'REPO',
    path: 'main.py',
    chunks: [chunk('a.py', 'TEXT\n'), chunk('b.py', 'MORE')],
  };
  const files: FimTokens = { ...QWEN, repository: '<|repo_name|>', file: '<|file_sep|>' };

  it('are files of a repository for a model that knows them: first, and in their order', () => {
    assert.equal(
      render(fimPrompt(files, place({ languageId: 'python', context }), room)),
      '<|repo_name|>REPO\n<|file_sep|>a.py\nTEXT\n<|file_sep|>b.py\nMORE\n<|file_sep|>main.py\n' +
        '<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>',
    );
  });

  it('are comments at the beginning of the prefix for others', () => {
    assert.equal(
      render(fimPrompt(QWEN, place({ languageId: 'python', context }), room)),
      '<|fim_prefix|># a.py:\n# TEXT\n#\n# b.py:\n# MORE\n#\n# main.py\nPRE<|fim_suffix|>SUF<|fim_middle|>',
    );
  });

  it('are left out in a language without line comments, and outside of a workspace', () => {
    const bare = '<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>';
    assert.equal(render(fimPrompt(QWEN, place({ languageId: 'json', context }), room)), bare);
    const alone = { ...context, repository: null };
    assert.equal(render(fimPrompt(files, place({ context: alone }), room)), bare);
  });

  it('come in as far as they fit: those in front stay', () => {
    const long = { ...context, chunks: [chunk('a.py', 'x'.repeat(2400)), chunk('b.py', 'y'.repeat(200))] };
    assert.deepEqual(
      fitting(long, room).map(({ path }) => path),
      ['a.py'],
    );
    assert.deepEqual(fitting(long, tokens), []);
  });
});

describe('completion: token budgets', () => {
  const rows = [
    {
      batchSize: 512,
      contextSize: 4096,
      maxTokens: 128,
      prefix: 384,
      suffix: 124,
      completion: 128,
      context: 3328,
    },
    {
      batchSize: 1024,
      contextSize: 8192,
      maxTokens: 128,
      prefix: 768,
      suffix: 128,
      completion: 128,
      context: 6912,
    },
    {
      batchSize: 2048,
      contextSize: 1024,
      maxTokens: 128,
      prefix: 672,
      suffix: 128,
      completion: 128,
      context: 0,
    },
    {
      batchSize: 512,
      contextSize: 256,
      maxTokens: 1024,
      prefix: 96,
      suffix: 28,
      completion: 128,
      context: 0,
    },
    {
      batchSize: 512,
      contextSize: 1024,
      maxTokens: 128,
      prefix: 384,
      suffix: 124,
      completion: 128,
      context: 0,
    },
    { batchSize: 4, contextSize: 4096, maxTokens: 1, prefix: 3, suffix: 0, completion: 1, context: 4090 },
    { batchSize: 0, contextSize: 0, maxTokens: 128, prefix: 0, suffix: 0, completion: 1, context: 0 },
    {
      batchSize: 2048,
      contextSize: 4096,
      maxTokens: 64,
      prefix: 1536,
      suffix: 128,
      completion: 64,
      context: 1920,
    },
  ];
  for (const { batchSize, contextSize, maxTokens, ...expected } of rows) {
    it(`batch ${batchSize}, context ${contextSize}, ${maxTokens} to write`, () => {
      const actual = budget({ batchSize, contextSize }, maxTokens);
      assert.deepEqual(actual, expected);
      assert.deepEqual(windows(actual), { before: 8 * expected.prefix, after: 8 * expected.suffix });
    });
  }
});
