/** What completions were worth and cost, for the tooltip of status item 2. Pure. */
import type { CompletionMeasures } from '#protocol';
import { percent } from './format';

/** Nothing, before the first suggestion. */
export function measuresLines({
  shown,
  accepted,
  answered,
  first_token_ms,
  total_ms,
}: CompletionMeasures): string[] {
  if (shown === 0) return [];
  const free = answered.screen + answered.cache + answered.flight;
  const facts = [
    `${shown} shown, ${accepted} accepted`,
    `${percent((100 * free) / (free + answered.engine))} without the engine`,
    first_token_ms === null ? '' : `first token ${Math.round(first_token_ms.p50)} ms`,
    total_ms === null ? '' : `whole ${Math.round(total_ms.p50)} ms`,
  ];
  return [`Completions: ${facts.filter((fact) => fact !== '').join(' · ')}`];
}
