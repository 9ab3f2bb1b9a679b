import assert from 'node:assert/strict';
import type { GenerationStats } from '#protocol';
import { type CompletionModel, createMeasures } from '../../../server/src/completion';
import { at, dictated, newCompleter, scripted, settled } from './support';

const uri = 'file:///a.ts';

function cost(changes: Partial<GenerationStats> = {}): GenerationStats {
  return {
    prompt_tokens: 12,
    reused_tokens: 10,
    evaluated_tokens: 2,
    generated_tokens: 5,
    queue_ms: 0,
    first_token_ms: 4,
    total_ms: 20,
    prefill_tokens_per_second: null,
    tokens_per_second: null,
    ...changes,
  };
}

describe('completion: measures', () => {
  it('say nothing before anything happened', () => {
    assert.deepEqual(createMeasures().snapshot(), {
      requests: 0,
      answered: { screen: 0, cache: 0, flight: 0, engine: 0 },
      shown: 0,
      accepted: 0,
      first_token_ms: null,
      total_ms: null,
      tokens: { reused: 0, evaluated: 0, generated: 0, wasted: 0 },
      slow: false,
    });
  });

  it('count requests by where the answer came from; what is typed along is shown once', async () => {
    const { measures, complete, accepted } = newCompleter();
    const model = scripted(['foo(b);']);
    await complete(at('a = |'), model);
    await complete(at('a = f|'), model);
    await complete(at('a = fo|'), model);
    await complete(at('na|me'), model);
    accepted();
    const { requests, answered, shown, accepted: taken } = measures.snapshot();
    assert.deepEqual(answered, { screen: 2, cache: 0, flight: 0, engine: 1 });
    assert.deepEqual([requests, shown, taken], [4, 1, 1]);
  });

  it('take times from the clock: until the first token, and until there was a suggestion', async () => {
    const { measures, clock, complete } = newCompleter();
    for (const [index, ms] of [10, 20, 400].entries()) {
      const text = `${index} = |`;
      const outcome = complete(at(text), {
        ...scripted([]),
        async *generate() {
          await clock.delay(ms, new AbortController().signal);
          yield 'foo(b);\n';
        },
      });
      await clock.pass(ms);
      await outcome;
    }
    assert.deepEqual(measures.snapshot().first_token_ms, { p50: 20, p95: 400 });
    assert.deepEqual(measures.snapshot().total_ms, { p50: 20, p95: 400 });
  });

  it('add up what engines say: tokens that nobody was shown are wasted', async () => {
    const { measures, edited, complete } = newCompleter();
    const writer = dictated();
    const model: CompletionModel = {
      ...writer,
      async *generate(request) {
        try {
          yield* writer.generate(request);
        } finally {
          request.onCost(cost());
        }
      },
    };
    const shown = complete(at('a = |'), model);
    await settled();
    writer.say('foo(b);\n');
    await shown;
    await settled();
    assert.deepEqual(measures.snapshot().tokens, { reused: 10, evaluated: 2, generated: 5, wasted: 0 });

    const dropped = complete(at('b = |'), model);
    await settled();
    edited(uri, 'c', 'deleted');
    await dropped;
    writer.end();
    await settled();
    assert.deepEqual(measures.snapshot().tokens, { reused: 20, evaluated: 4, generated: 10, wasted: 5 });
  });

  it('tell who listens of each change, until they do not', async () => {
    const { measures, complete } = newCompleter();
    let told = 0;
    const stop = measures.onChange(() => {
      told += 1;
    });
    await complete(at('a = |'), scripted(['foo(b);']));
    assert.ok(told > 0);
    stop();
    const before = told;
    await complete(at('b = |'), scripted(['foo(b);']));
    assert.equal(told, before);
  });
});
