/**
 * What is evaluated anew when somebody types, in both orders of a prompt: no more than what has changed, and what stands
 * behind it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PromptSegment } from '#protocol';
import type { Engine } from '../../../server/src/inference';
import { writeRandomModel } from '../../support/random-model';
import { complete, endless, infill, PATIENCE_MS, request, start, text } from './support';

const special = (token: string): PromptSegment => ({ kind: 'special', token });

const context = [
  special('<|file_sep|>'),
  text('src/sum.ts\nexport function sum(values: number[]): number {\n  return values.length;\n}\n'.repeat(4)),
  special('<|file_sep|>'),
  text('src/main.ts\n'),
];
const prefix = `${'const names = [1, 2, 3];\n'.repeat(12)}for (let i = 0; i < values`;
const suffix = '\n  total += values[i];\n}\n'.repeat(4);

const psm = (before: string, after: string): PromptSegment[] => [
  special('<|fim_prefix|>'),
  text(before),
  special('<|fim_suffix|>'),
  text(after, 'start'),
  special('<|fim_middle|>'),
];

/** One typed character may change the last token, and add one. */
const TYPED = 2;

interface Order {
  readonly name: string;
  readonly prompt: (prefix: string, suffix: string) => PromptSegment[];
  /** Whether the suffix is evaluated anew after every key. */
  readonly suffixBehind: boolean;
  readonly modelPath: (folder: string) => string | undefined;
}

const orders: Order[] = [
  {
    name: 'suffix first (the embedded model)',
    prompt: infill,
    suffixBehind: false,
    modelPath: () => undefined,
  },
  {
    name: 'prefix first (random weights, with a middle token)',
    prompt: psm,
    suffixBehind: true,
    modelPath(folder) {
      const file = path.join(folder, 'middle.gguf');
      writeRandomModel(file, {
        embedding: 128,
        feedForward: 256,
        layers: 2,
        heads: 4,
        spelled: { '<|reserved_0|>': '<|fim_middle|>', '<|reserved_1|>': '<|repo_name|>' },
      });
      return file;
    },
  },
];

for (const { name, prompt, suffixBehind, modelPath } of orders)
  describe(`engine: the KV cache while somebody types, ${name}`, function () {
    this.timeout(PATIENCE_MS);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    let engine: Engine;
    /** Tokens that one key may cost. */
    let oneKey = 0;
    before(async () => {
      const file = modelPath(folder);
      // one for each document below
      engine = await start({ sequences: 12, ...(file !== undefined && { modelPath: file }) });
      const { stats } = await complete(engine, [text(suffix)], { maxTokens: 0, affinity: 'to count' });
      oneKey = TYPED + (suffixBehind ? stats.prompt_tokens + 2 : 0);
    });
    after(async () => {
      await engine.stop();
      rmSync(folder, { recursive: true });
    });

    const at = (before: string) => [...context, ...prompt(before, suffix)];
    /** What the next key costs, of a document in which this was done before. */
    const evaluated = async (before: string, affinity: string) => {
      const { stats } = await complete(engine, at(before), { affinity, maxTokens: 4 });
      assert.equal(stats.evaluated_tokens + stats.reused_tokens, stats.prompt_tokens);
      return stats.evaluated_tokens;
    };
    const cheap = (tokens: number) => assert.ok(tokens <= oneKey, `${tokens} tokens, not ${oneKey}`);

    it('a key costs what has changed', async () => {
      const affinity = 'typing.ts';
      const first = await evaluated(prefix, affinity);
      assert.ok(first > 10 * TYPED + oneKey, `${first} tokens at first`);
      for (const typed of ['.', '.l', '.le', '.len', '.len;', '.len;\n'])
        cheap(await evaluated(prefix + typed, affinity));
    });

    it('also where the prefix is too long, but for now and then', async () => {
      const typed = 'export const total = 1 + 2;\n';
      let expensive = 0;
      for (let length = 0; length <= typed.length; length++) {
        const cut = (segment: PromptSegment): PromptSegment =>
          segment.kind === 'text' && segment.text === prefix
            ? { ...segment, text: prefix + typed.slice(0, length), max_tokens: 64 }
            : segment;
        const { stats } = await complete(engine, [...context, ...prompt(prefix, suffix).map(cut)], {
          affinity: 'long.ts',
          maxTokens: 4,
        });
        if (stats.evaluated_tokens > oneKey) expensive++;
      }
      assert.ok(expensive * 4 <= typed.length, `${expensive} of ${typed.length} keys`);
    });

    it('also after a request that was aborted while it wrote', async () => {
      const affinity = 'aborted.ts';
      const controller = new AbortController();
      const { signal } = controller;
      const generation = engine.generate(
        request(at(prefix), { affinity, signal, maxTokens: 400, temperature: 1 }),
      );
      for await (const _ of generation) controller.abort();
      cheap(await evaluated(`${prefix}.`, affinity));
    });

    it('what was evaluated of an aborted prompt is not evaluated again', async () => {
      const affinity = 'half.ts';
      const other = engine.generate(
        request(endless, { affinity: 'other.ts', maxTokens: 400, temperature: 2 }),
      );
      const controller = new AbortController();
      const { signal } = controller;
      const pieces = other[Symbol.asyncIterator]();
      await pieces.next();
      const half = engine.generate(request(at(prefix), { affinity, signal, maxTokens: 400, temperature: 2 }));
      // each token of the one is decoded together with a step of the other
      for (let piece = 0; piece < 8; piece++) await pieces.next();
      controller.abort();
      await pieces.return?.();
      const { reason, stats } = await half.done;
      assert.equal(reason, 'aborted');
      assert.ok(stats.evaluated_tokens > 0);
      const again = await complete(engine, at(prefix), { affinity, maxTokens: 4 });
      assert.ok(again.stats.reused_tokens >= Math.min(stats.evaluated_tokens, stats.prompt_tokens - 1));
    });

    it('a warmed document begins with one token', async () => {
      const affinity = 'warmed.ts';
      const warming = { affinity, maxTokens: 0, priority: 'idle' } as const;
      const warmed = await complete(engine, at(prefix), warming);
      assert.equal(warmed.text, '');
      assert.equal(warmed.reason, 'length');
      assert.equal(warmed.stats.generated_tokens, 0);
      assert.equal(warmed.stats.evaluated_tokens + warmed.stats.reused_tokens, warmed.stats.prompt_tokens);
      assert.equal((await complete(engine, at(prefix), warming)).stats.evaluated_tokens, 0);
      assert.equal(await evaluated(prefix, affinity), 1);
      cheap(await evaluated(`${prefix}.`, affinity));
    });

    it('thinking ahead costs nothing, and saves what comes true', async () => {
      const affinity = 'ahead.ts';
      const ahead = { affinity, maxTokens: 8, priority: 'idle' } as const;
      await evaluated(prefix, affinity);
      await complete(engine, at(`${prefix}.length; i++) {\n`), ahead);
      cheap(await evaluated(`${prefix}.`, affinity));
      await complete(engine, at(`${prefix}.length; i++) {\n`), ahead);
      assert.equal(await evaluated(`${prefix}.length; i++) {\n`, affinity), 1);
    });

    it('thinking ahead ends where somebody types', async () => {
      const affinity = 'surprise.ts';
      await evaluated(prefix, affinity);
      const idle = request(at(`${prefix}.length`), {
        affinity,
        maxTokens: 400,
        temperature: 2,
        priority: 'idle',
      });
      const generation = engine.generate(idle);
      const pieces = generation[Symbol.asyncIterator]();
      await pieces.next();
      cheap(await evaluated(`${prefix}.`, affinity));
      assert.equal((await generation.done).reason, 'aborted');
    });
  });

describe('engine: idle work', function () {
  this.timeout(PATIENCE_MS);

  it('makes room for a user when there is no other', async () => {
    const engine = await start({ sequences: 1 });
    try {
      const idle = engine.generate(
        request(endless, { affinity: 'idle.ts', maxTokens: 450, priority: 'idle' }),
      );
      const pieces = idle[Symbol.asyncIterator]();
      await pieces.next();
      const { text: whole } = await complete(
        engine,
        infill('try {\n  run();\n} catch (', '\n  console.error(error);\n}\n'),
      );
      assert.equal(whole, 'error) {');
      assert.equal((await idle.done).reason, 'aborted');
    } finally {
      await engine.stop();
    }
  });

  it('does not take the only sequence from who has just typed', async () => {
    const engine = await start({ sequences: 1 });
    try {
      await complete(engine, infill(prefix, suffix), { affinity: 'typing.ts' });
      const { reason, stats } = await complete(engine, endless, { affinity: 'idle.ts', priority: 'idle' });
      assert.equal(reason, 'aborted');
      assert.equal(stats.evaluated_tokens, 0);
      const again = await complete(engine, infill(prefix, suffix), { affinity: 'typing.ts' });
      assert.equal(again.stats.evaluated_tokens, 1);
    } finally {
      await engine.stop();
    }
  });
});
