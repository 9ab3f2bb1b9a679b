/** What completions were worth and cost, as the host counts it. */
import type { Registry } from 'prom-client';
import type { CompletionMeasures } from '#protocol';
import type { TimesObserver } from './index';
import { addCounter } from './series';
import type { Times } from './times';

export function addCompletions(
  registry: Registry,
  measures: () => CompletionMeasures,
  times: Times,
): TimesObserver {
  const one = (name: string, help: string, of: (measures: CompletionMeasures) => number) =>
    addCounter(registry, { name, help, labelNames: [], read: () => [{ labels: {}, value: of(measures()) }] });

  addCounter(registry, {
    name: 'vramesh_completion_requests_total',
    help: 'Requests of editors, by where the suggestion came from: screen, cache, flight, engine, or none.',
    labelNames: ['source'],
    read() {
      const { requests, answered } = measures();
      const sources = Object.entries(answered);
      const none = sources.reduce((left, [, count]) => left - count, requests);
      return [...sources, ['none', none] as const].map(([source, value]) => ({ labels: { source }, value }));
    },
  });
  one(
    'vramesh_completions_shown_total',
    'Suggestions; one that is typed along counts once.',
    (all) => all.shown,
  );
  one('vramesh_completions_accepted_total', 'Suggestions that were taken.', (all) => all.accepted);
  addCounter(registry, {
    name: 'vramesh_completion_tokens_total',
    help: 'Tokens of prompts that were reused from the KV cache or evaluated, and tokens that were generated.',
    labelNames: ['kind'],
    read() {
      const { reused, evaluated, generated } = measures().tokens;
      return Object.entries({ reused, evaluated, generated }).map(([kind, value]) => ({
        labels: { kind },
        value,
      }));
    },
  });
  one(
    'vramesh_completion_wasted_tokens_total',
    'Tokens that were generated, and never shown.',
    (all) => all.tokens.wasted,
  );

  return {
    firstToken: times.firstToken,
    generated({ queue_ms, tokens_per_second }) {
      if (queue_ms !== null) times.waited(queue_ms);
      if (tokens_per_second !== null) times.decoded(tokens_per_second);
    },
  };
}
