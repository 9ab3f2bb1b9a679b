/**
 * What Prometheus may ask of this host: its own GPUs, engines, completions and links, and the host process itself.
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
  /** To be told of times as they are measured. */
  readonly observer: TimesObserver;
}

/** Hears of every time, where the state document only has percentiles of the last ones. */
export interface TimesObserver {
  /** ms from asking the engine to its first token. */
  firstToken(ms: number): void;
  generated(stats: GenerationStats): void;
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
  };
}
