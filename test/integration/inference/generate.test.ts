import assert from 'node:assert/strict';
import { generationOptionsSchema } from '#protocol';
import type { Engine } from '../../../server/src/inference';
import { complete, endless, infill, PATIENCE_MS, request, start, text } from './support';

describe('engine: generating', function () {
  this.timeout(PATIENCE_MS);
  let engine: Engine;
  before(async () => {
    engine = await start();
  });
  after(() => engine.stop());

  it('knows the model', () => {
    const { model } = engine;
    assert.equal(engine.backend, 'cpu');
    assert.equal(engine.note, null);
    assert.equal(model.architecture, 'llama');
    assert.equal(model.layers_on_gpu, 0);
    assert.deepEqual(model.devices, []);
    assert.equal(model.context_size, 1024);
    assert.ok(model.threads >= 1);
    assert.deepEqual(model.fim, {
      prefix: '<|fim_prefix|>',
      suffix: '<|fim_suffix|>',
      middle: null,
      repository: null,
      file: '<|file_sep|>',
    });
  });

  const completions: [prefix: string, suffix: string, expected: string][] = [
    ['for (let i = 0; i < arr.', '\n  sum += arr[i];\n}\n', 'length; i++) {'],
    ['try {\n  run();\n} catch (', '\n  console.error(error);\n}\n', 'error) {'],
  ];
  for (const [prefix, suffix, expected] of completions)
    it(`completes ${prefix.trim()} with ${expected}`, async () => {
      const { text: whole, reason } = await complete(engine, infill(prefix, suffix));
      assert.equal(whole, expected);
      assert.equal(reason, 'end');
    });

  it('continues plain text, up to max_tokens', async () => {
    const {
      text: whole,
      reason,
      stats,
    } = await complete(engine, [text('import * as fs from ')], { maxTokens: 7 });
    assert.ok(whole.startsWith("'./fs.js'"), whole);
    assert.equal(reason, 'length');
    assert.equal(stats.generated_tokens, 7);
  });

  it('evaluates only what is new since the last request of the document', async () => {
    const affinity = 'typing.ts';
    const suffix = '\n  total += values[i];\n}\n';
    const first = await complete(engine, infill('for (let i = 0; i < values', suffix), { affinity });
    const second = await complete(engine, infill('for (let i = 0; i < values.len', suffix), { affinity });
    assert.equal(first.stats.evaluated_tokens + first.stats.reused_tokens, first.stats.prompt_tokens);
    assert.equal(second.stats.evaluated_tokens + second.stats.reused_tokens, second.stats.prompt_tokens);
    assert.ok(second.stats.prompt_tokens > first.stats.prompt_tokens);
    assert.ok(second.stats.evaluated_tokens <= 4, `${second.stats.evaluated_tokens} tokens evaluated`);
    const again = await complete(engine, infill('for (let i = 0; i < values.len', suffix), { affinity });
    assert.equal(again.stats.evaluated_tokens, 1);
    assert.equal(again.text, second.text);
  });

  it('decodes several requests side by side', async () => {
    const results = await Promise.all(
      [...completions, ...completions].map(([prefix, suffix], index) =>
        complete(engine, infill(prefix, suffix), { affinity: `window ${index}` }),
      ),
    );
    assert.deepEqual(
      results.map((result) => result.text),
      [...completions, ...completions].map(([, , expected]) => expected),
    );
  });

  it('serves more requests than it has sequences', async () => {
    const [prefix, suffix, expected] = completions[1] ?? ['', '', ''];
    const results = await Promise.all(
      Array.from({ length: 11 }, (_, index) =>
        complete(engine, infill(prefix, suffix), { affinity: `${index}` }),
      ),
    );
    for (const result of results) assert.equal(result.text, expected);
  });

  it('stops decoding when the request is aborted', async () => {
    const controller = new AbortController();
    const generation = engine.generate(request(endless, { maxTokens: 450, signal: controller.signal }));
    let pieces = 0;
    for await (const _ of generation) if (++pieces === 1) controller.abort();
    const { reason, stats } = await generation.done;
    assert.equal(reason, 'aborted');
    assert.ok(stats.generated_tokens < 300, `${stats.generated_tokens} tokens`);
  });

  it('stops decoding when nobody reads on', async () => {
    const generation = engine.generate(request(endless, { maxTokens: 450 }));
    for await (const _ of generation) break;
    assert.equal((await generation.done).reason, 'aborted');
  });

  it('a request that was aborted before it began costs nothing', async () => {
    const { text: whole, reason, stats } = await complete(engine, endless, { signal: AbortSignal.abort() });
    assert.equal(whole, '');
    assert.equal(reason, 'aborted');
    assert.equal(stats.generated_tokens, 0);
  });

  it('text that looks like a special token stays text', async () => {
    const { stats } = await complete(engine, [text('<|endoftext|><|fim_prefix|>')], { maxTokens: 1 });
    assert.ok(stats.prompt_tokens > 6, `${stats.prompt_tokens} tokens`);
  });

  it('cuts what does not fit the context, whatever was asked for', async () => {
    const huge = 'const value = compute(value);\n'.repeat(20_000);
    const { stats } = await complete(engine, infill(huge, huge), { maxTokens: 5 });
    assert.ok(stats.prompt_tokens <= 1024 - 5 && stats.prompt_tokens > 900, `${stats.prompt_tokens} tokens`);
    const greedy = await complete(engine, infill(huge, ''), { maxTokens: 1_000_000 });
    assert.ok(greedy.stats.prompt_tokens + greedy.stats.generated_tokens <= 1024);
  });

  it('draws the same with the same seed', async () => {
    const draw = async (seed: number) =>
      (await complete(engine, endless, { temperature: 1, seed, affinity: `seed ${seed}` })).text;
    const texts = await Promise.all([1, 2, 3, 4].map(draw));
    assert.ok(new Set(texts).size > 1, 'all seeds drew the same');
    for (const [index, text] of texts.entries()) assert.equal(await draw(index + 1), text);
  });

  it('answers an empty prompt', async () => {
    const { stats } = await complete(engine, [], { maxTokens: 3 });
    assert.equal(stats.prompt_tokens, 1);
  });

  it('refuses a special token that the vocabulary lacks, and goes on', async () => {
    await assert.rejects(complete(engine, [{ kind: 'special', token: '<|fim_middle|>' }]), {
      name: 'EngineError',
      message: /no special token <\|fim_middle\|>/,
    });
    const [prefix, suffix, expected] = completions[0] ?? ['', '', ''];
    assert.equal((await complete(engine, infill(prefix, suffix))).text, expected);
  });

  it('refuses what it cannot read, and goes on', async () => {
    const options = { ...generationOptionsSchema.parse({}), json_schema: 'x'.repeat(100_000) };
    await assert.rejects(complete(engine, [text('a')], { options }), {
      name: 'EngineError',
      message: /cannot read this request: .*json_schema/s,
    });
    assert.notEqual((await complete(engine, [text('import ')], { maxTokens: 3 })).text, '');
  });
});
