/** What completions were worth and cost, for the tooltip of status item 2. Pure. */
import { t } from '@vscode/l10n';
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
    t('{0} shown, {1} accepted', shown, accepted),
    t('{0} without the engine', percent((100 * free) / (free + answered.engine))),
    first_token_ms === null ? '' : t('first token {0} ms', Math.round(first_token_ms.p50)),
    total_ms === null ? '' : t('whole {0} ms', Math.round(total_ms.p50)),
  ];
  return [t('Completions: {0}', facts.filter((fact) => fact !== '').join(' · '))];
}
