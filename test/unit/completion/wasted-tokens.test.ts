import assert from 'node:assert/strict';
import type { GenerationStats } from '#protocol';
import type { CompletionModel } from '../../../server/src/completion';
import { at, newCompleter, scripted, settled } from './support';

const stats: GenerationStats = {
  prompt_tokens: 20,
  reused_tokens: 12,
  evaluated_tokens: 8,
  generated_tokens: 5,
  queue_ms: 0,
  first_token_ms: 3,
  total_ms: 9,
  prefill_tokens_per_second: null,
  tokens_per_second: null,
};

/** Tells what it cost before its last word is read, or long after. */
function costing(text: string, when: 'at once' | 'later'): CompletionModel {
  return {
    ...scripted([]),
    async *generate({ onCost }) {
      if (when === 'at once') onCost(stats);
      else setImmediate(() => onCost(stats));
      yield text;
    },
  };
}

describe('completion: wasted tokens', () => {
  const rows = [
    ['what is shown is not wasted', 'foo(b);\n', 0],
    ['what is dropped is', '', 5],
  ] as const;
  for (const when of ['at once', 'later'] as const) {
    for (const [name, text, wasted] of rows) {
      it(`${name}; the engine tells the cost ${when}`, async () => {
        const completer = newCompleter();
        await completer.complete(at('a = |'), costing(text, when));
        await settled();
        const { tokens } = completer.measures.snapshot();
        assert.deepEqual(tokens, { reused: 12, evaluated: 8, generated: 5, wasted });
      });
    }

    it(`alternatives that are shown are not wasted; the engine tells the cost ${when}`, async () => {
      const completer = newCompleter();
      await completer.complete(at('a = |', { explicit: true }), costing('foo(b);\n', when));
      await settled();
      const { tokens } = completer.measures.snapshot();
      assert.deepEqual([tokens.generated, tokens.wasted], [15, 0]);
    });
  }
});
