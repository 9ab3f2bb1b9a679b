/** What a generation cost, as llama.cpp's server tells it. */
import type { GenerationStats, InfillTimings } from '#protocol';

export function timingsOf(stats: GenerationStats): InfillTimings {
  const promptMs = stats.first_token_ms ?? stats.total_ms;
  const predictedMs = Math.max(0, stats.total_ms - promptMs);
  return {
    prompt_n: stats.evaluated_tokens,
    prompt_ms: promptMs,
    prompt_per_token_ms: per(promptMs, stats.evaluated_tokens),
    prompt_per_second: per(stats.evaluated_tokens, promptMs / 1000),
    predicted_n: stats.generated_tokens,
    predicted_ms: predictedMs,
    predicted_per_token_ms: per(predictedMs, stats.generated_tokens),
    predicted_per_second: per(stats.generated_tokens, predictedMs / 1000),
  };
}

function per(amount: number, count: number): number {
  return count > 0 ? amount / count : 0;
}
