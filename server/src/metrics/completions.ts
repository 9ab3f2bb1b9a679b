/** What completions were worth and cost: counters as the host keeps them, and times as they are measured. */
import { Histogram, type Registry } from 'prom-client';
import type { CompletionMeasures } from '#protocol';
import type { TimesObserver } from './index';
import { addCounter } from './series';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const speeds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const msPerSecond = 1000;

export function addCompletions(registry: Registry, measures: () => CompletionMeasures): TimesObserver {
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

  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers: [registry] });
  const firstToken = histogram(
    'vramesh_time_to_first_token_seconds',
    'From asking the engine to the first token of a suggestion.',
    seconds,
  );
  const queued = histogram(
    'vramesh_queue_wait_seconds',
    'That requests have waited in the engine until a sequence was free for them.',
    seconds,
  );
  const speed = histogram(
    'vramesh_decode_tokens_per_second',
    'Decode speed of each answer that had two tokens or more.',
    speeds,
  );
  return {
    firstToken: (ms) => firstToken.observe(ms / msPerSecond),
    generated({ queue_ms, tokens_per_second }) {
      if (queue_ms !== null) queued.observe(queue_ms / msPerSecond);
      if (tokens_per_second !== null) speed.observe(tokens_per_second);
    },
  };
}
