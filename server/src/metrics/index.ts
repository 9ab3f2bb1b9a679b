/**
 * What Prometheus may ask of this host: its own GPUs, engines, completions and links, what programs asked of it, and the
 * host process itself.
 *
 * Each host answers for itself, so whoever asks all of them counts nothing twice. It must never say 0 for what is
 * unknown, or grow with what others send. The library is loaded when there is something to count: hosts and commands
 * start without it.
 */
import type { GenerationStats, State } from '#protocol';

export interface MetricsParts {
  readonly nodeId: string;
  readonly version: string;
  state(): State;
}

export interface Metrics {
  /** All of it in Prometheus' text format, version 0.0.4. */
  text(): Promise<string>;
  /** To be told of editors' times as they are measured. */
  readonly observer: TimesObserver;
  /** To be told of what programs ask for. */
  readonly api: ApiObserver;
}

/** Hears of every time, where the state document only has percentiles of the last ones. */
export interface TimesObserver {
  /** ms from asking the engine to its first token. */
  firstToken(ms: number): void;
  generated(stats: GenerationStats): void;
}

/**
 * refused: what was asked for cannot be had; busy: too many wait; unavailable: the model is not there; failed: a fault of
 * the host; gone: who asked did not wait.
 */
export type Outcome = 'ok' | 'refused' | 'busy' | 'unavailable' | 'failed' | 'gone';

export interface ApiObserver {
  /** @param route one of those that are registered, never what somebody sent */
  answered(route: string, outcome: Outcome): void;
  /** @param waitedMs in line, before the engine was asked */
  generated(stats: GenerationStats, waitedMs: number): void;
}

export function createMetrics(parts: MetricsParts): Metrics {
  let loading: Promise<Metrics> | null = null;
  const load = () => {
    loading ??= import('./registry').then(({ createRegistry }) => createRegistry(parts));
    return loading;
  };
  return {
    text: async () => (await load()).text(),
    observer: {
      firstToken: (ms) => void load().then(({ observer }) => observer.firstToken(ms)),
      generated: (stats) => void load().then(({ observer }) => observer.generated(stats)),
    },
    api: {
      answered: (route, outcome) => void load().then(({ api }) => api.answered(route, outcome)),
      generated: (stats, waitedMs) => void load().then(({ api }) => api.generated(stats, waitedMs)),
    },
  };
}
