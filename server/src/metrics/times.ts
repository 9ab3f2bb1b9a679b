/** How long texts took, as it is measured: those of editors and those of programs apart. */
import { Histogram, type Registry } from 'prom-client';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const speeds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const msPerSecond = 1000;
const sources = ['editor', 'api'] as const;

export interface Times {
  /** ms */
  firstToken(ms: number): void;
  /** ms */
  waited(ms: number): void;
  /** Tokens per second. */
  decoded(speed: number): void;
}

export function addTimes(registry: Registry): Record<(typeof sources)[number], Times> {
  const histogram = (name: string, help: string, buckets: number[]) => {
    const added = new Histogram({ name, help, buckets, labelNames: ['source'], registers: [registry] });
    for (const source of sources) added.zero({ source });
    return added;
  };
  const firstToken = histogram(
    'vramesh_time_to_first_token_seconds',
    'From asking the engine to the first token of a text.',
    seconds,
  );
  const queued = histogram(
    'vramesh_queue_wait_seconds',
    'That requests have waited until a sequence was free for them.',
    seconds,
  );
  const speed = histogram(
    'vramesh_decode_tokens_per_second',
    'Decode speed of each text that had two tokens or more.',
    speeds,
  );
  const timesOf = (source: (typeof sources)[number]): Times => ({
    firstToken: (ms) => firstToken.observe({ source }, ms / msPerSecond),
    waited: (ms) => queued.observe({ source }, ms / msPerSecond),
    decoded: (tokens) => speed.observe({ source }, tokens),
  });
  return { editor: timesOf('editor'), api: timesOf('api') };
}
