/** What completions were worth and what they cost, since the host started: counted here, and never sent anywhere. */
import type { CompletionMeasures, CompletionSource, GenerationStats } from '#protocol';
import { createSlowness } from './timing/slowness';

export interface Measures {
  /** Somebody asked; `from`: where the answer came from, null where there was none. */
  requested(from: CompletionSource | null): void;
  accepted(): void;
  /** ms. `line`: until a first line was ready; loading a model is not in it. */
  written(ms: { readonly firstToken: number; readonly line: number }): void;
  /** ms from the request to a suggestion that the engine wrote for it. */
  waited(ms: number): void;
  /** @param seen whether anybody was shown what was generated. */
  cost(stats: GenerationStats, seen: boolean): void;
  snapshot(): CompletionMeasures;
  /** Hears of each time as it is measured: the percentiles know the last ones only. */
  observe(observer: TimesObserver): void;
  onChange(listener: () => void): () => void;
}

export interface TimesObserver {
  /** ms */
  firstToken(ms: number): void;
  generated(stats: GenerationStats): void;
}

/** Times that are kept for the percentiles. */
const MOST_TIMES = 200;

export function createMeasures(): Measures {
  const listeners = new Set<() => void>();
  const observers = new Set<TimesObserver>();
  const slowness = createSlowness();
  const answered = { screen: 0, cache: 0, flight: 0, engine: 0 };
  const tokens = { reused: 0, evaluated: 0, generated: 0, wasted: 0 };
  const firstToken = createTimes();
  const total = createTimes();
  let requests = 0;
  let accepted = 0;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  return {
    requested(from) {
      requests += 1;
      if (from !== null) answered[from] += 1;
      changed();
    },
    accepted() {
      accepted += 1;
      changed();
    },
    written(ms) {
      firstToken.add(ms.firstToken);
      for (const observer of observers) observer.firstToken(ms.firstToken);
      slowness.answered(ms.line);
      changed();
    },
    waited(ms) {
      total.add(ms);
      changed();
    },
    cost(stats, seen) {
      const { reused_tokens, evaluated_tokens, generated_tokens } = stats;
      tokens.reused += reused_tokens;
      tokens.evaluated += evaluated_tokens;
      tokens.generated += generated_tokens;
      if (!seen) tokens.wasted += generated_tokens;
      for (const observer of observers) observer.generated(stats);
      changed();
    },
    snapshot: () => ({
      requests,
      answered: { ...answered },
      shown: answered.cache + answered.flight + answered.engine,
      accepted,
      first_token_ms: firstToken.percentiles(),
      total_ms: total.percentiles(),
      tokens: { ...tokens },
      slow: slowness.slow,
    }),
    observe: (observer) => void observers.add(observer),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function createTimes() {
  const last: number[] = [];
  return {
    add(ms: number) {
      last.push(ms);
      if (last.length > MOST_TIMES) last.shift();
    },
    percentiles() {
      const sorted = last.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
      const [p50, p95] = [at(0.5), at(0.95)];
      return p50 === undefined || p95 === undefined ? null : { p50, p95 };
    },
  };
}
