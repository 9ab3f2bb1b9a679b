/** What playing traces came to, in lines to print. */
import type { CompletionMeasures } from '#protocol';
import type { Played } from './player';
import { generationsFor, type HostReport } from './probe';

export function numbersOf(
  played: readonly Played[],
  report: HostReport,
  { answered, shown, accepted, first_token_ms, total_ms, tokens }: CompletionMeasures,
): string[] {
  const keys = played.reduce((sum, each) => sum + each.keys, 0);
  const asked = generationsFor(report);
  const { stalls } = report;
  const all = (kind: keyof Played['ms']) => played.flatMap((each) => each.ms[kind]);
  const worst = stalls.toSorted((a, b) => b.ms - a.ms)[0];
  const mostOwn = Math.max(0, ...stalls.map(({ own }) => own ?? 0));
  return [
    `${keys} keys, ${asked} generations: ${percent(1 - asked / keys)} of the keys without the engine`,
    `answered: ${answered.screen} screen, ${answered.cache} cache, ${answered.flight} flight, ${answered.engine} engine`,
    `answers in time: same ${times(all('same'))}; new ${times(all('new'))}; nothing ${times(all('nothing'))}`,
    `the engine: first token ${pair(first_token_ms)}, total ${pair(total_ms)}`,
    `tokens: ${JSON.stringify(tokens)}; per suggestion shown (${shown}): ${ratio(tokens.evaluated, shown)} evaluated, ${ratio(tokens.generated, shown)} generated`,
    `accepted: ${accepted} (${sum(played, ({ accepted }) => accepted.fitting)} fitting, ${sum(played, ({ accepted }) => accepted.undone)} undone)`,
    `flicker: ${sum(played, ({ flicker }) => flicker.length)}`,
    `longest stall of the event loop: ${worst?.ms.toFixed(1) ?? '< 4'} ms; most own work in one: ${mostOwn.toFixed(1)} ms`,
  ];
}

function times(values: readonly number[]): string {
  return values.length === 0
    ? '—'
    : `${values.length} (p50 ${percentile(values, 0.5).toFixed(1)}, p95 ${percentile(values, 0.95).toFixed(1)} ms)`;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function pair(times: { readonly p50: number; readonly p95: number } | null): string {
  return times === null ? '—' : `p50 ${times.p50.toFixed(1)}, p95 ${times.p95.toFixed(1)} ms`;
}

function ratio(count: number, of: number): string {
  return of === 0 ? '—' : (count / of).toFixed(1);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
