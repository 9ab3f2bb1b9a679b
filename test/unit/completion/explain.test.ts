import assert from 'node:assert/strict';
import type { GenerationStats } from '#protocol';
import type { PromptContext } from '../../../server/src/completion';
import { at, newCompleter, scripted, settled } from './support';

const context: PromptContext = {
  version: 1,
  repository: 'cart',
  path: 'src/sum.ts',
  chunks: [
    {
      path: 'src/money.ts',
      line: 4,
      text: 'export interface Money {\n  cents: number;\n}\n',
      origin: 'edited',
    },
  ],
};

const cost: GenerationStats = {
  prompt_tokens: 30,
  reused_tokens: 0,
  evaluated_tokens: 30,
  generated_tokens: 7,
  queue_ms: 0,
  first_token_ms: 3,
  total_ms: 9,
  prefill_tokens_per_second: null,
  tokens_per_second: null,
};

describe('completion: explained', () => {
  it('says what was asked, where the context came from, what the model wrote, and what each filter did', async () => {
    const completer = newCompleter();
    const model = scripted(['length; i++) {\n', '  more']);
    const explained = completer.explain(at('for (i = 0; i < a.|) {\n}\n', { context }), {
      ...model,
      async *generate(request) {
        try {
          yield* model.generate(request);
        } finally {
          request.onCost(cost);
        }
      },
    });
    assert.deepEqual(await explained, {
      model: 'scripted',
      prompt:
        '<|fim_prefix|>// src/money.ts:\n// export interface Money {\n//   cents: number;\n// }\n//\n// src/sum.ts\n' +
        'for (i = 0; i < a.<|fim_suffix|>) {\n}\n<|fim_middle|>',
      context: [{ path: 'src/money.ts', line: 4, lines: 3, origin: 'edited' }],
      extent: 'line',
      written: 'length; i++) {',
      stopped: 'end of the line',
      cost,
      filters: [{ filter: 'rest of line', text: 'length; i++' }],
      offered: 'length; i++',
      reason: null,
    });
  });

  it('asks the model again, whatever was offered before', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.complete(at('a = |'), model);
    const explained = completer.explain(at('a = |'), model);
    await settled();
    assert.equal(model.requests.length, 2);
    // This model does not say what it cost.
    await completer.clock.pass(1000);
    assert.equal(typeof (await explained), 'object');
  });

  it('says why nothing can be offered', async () => {
    const { explain } = newCompleter();
    assert.match(
      String(await explain(at('a|'), scripted([], { fim: null }))),
      /no fill-in-the-middle tokens/,
    );
  });
});

describe('completion: warming', () => {
  it('sends the prompt that the next key will send, to be evaluated only, and at low priority', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.warm(at('a = |\nb', { context }), model);
    await completer.complete(at('a = |\nb', { context }), model);
    const [warm, key] = model.requests;
    assert.deepEqual(warm?.prompt, key?.prompt);
    assert.equal(warm?.maxTokens, 0);
    assert.equal(warm?.priority, 'idle');
  });

  it('does nobody harm where it cannot be', async () => {
    const { warm } = newCompleter();
    await warm(at('a|'), scripted([], { fim: null }));
    await warm(at('a|'), {
      ...scripted([]),
      generate() {
        throw new Error('gone');
      },
    });
  });
});
