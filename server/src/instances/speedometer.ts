/** How fast a placed model is: what its last answers came to, for the user and for the next prediction. */
import type { GenerationResult, Instance } from '#protocol';
import type { Speed } from './planner';

/** Tokens of an answer below which its speed says little. */
const tellingTokens = 16;

export interface Speedometer {
  /** @returns what predictions can learn from it, in tokens per second; `null`: nothing */
  note(stats: GenerationResult['stats']): Speed | null;
  snapshot(): Pick<Instance, 'tokens_per_second' | 'prefill_tokens_per_second'>;
}

export function createSpeedometer(): Speedometer {
  let decode: number | null = null;
  let prefill: number | null = null;
  return {
    note(stats) {
      decode = stats.tokens_per_second ?? decode;
      prefill = stats.prefill_tokens_per_second ?? prefill;
      const telling = {
        decode: stats.generated_tokens < tellingTokens ? null : stats.tokens_per_second,
        prefill: stats.prefill_tokens_per_second,
      };
      return telling.decode === null && telling.prefill === null ? null : telling;
    },
    snapshot: () => ({ tokens_per_second: decode, prefill_tokens_per_second: prefill }),
  };
}
