/** The host itself: how late its event loop is, and the memory that it takes. Engines are processes of their own. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { addGauge } from './series';

/** ms between two looks at the clock: a host that nobody watches looks never. */
const resolution = 20;
const nsPerSecond = 1e9;
const quantiles = [50, 99, 100] as const;

export function addProcess(registry: Registry): void {
  let delay: IntervalHistogram | null = null;

  addGauge(registry, {
    name: 'vramesh_event_loop_delay_seconds',
    help: 'How late timers of the host ran since the answer before this one.',
    labelNames: ['quantile'],
    read() {
      if (delay === null || delay.count === 0) {
        delay ??= watchDelay();
        return [];
      }
      const histogram = delay;
      const read = quantiles.map((percent) => ({
        labels: { quantile: String(percent / 100) },
        value: late(histogram.percentile(percent)),
      }));
      histogram.reset();
      return read;
    },
  });

  const memory = (name: string, help: string, of: (usage: NodeJS.MemoryUsage) => number) =>
    addGauge(registry, {
      name,
      help,
      labelNames: [],
      read: () => [{ labels: {}, value: of(process.memoryUsage()) }],
    });
  memory('process_resident_memory_bytes', 'Resident memory of the host.', ({ rss }) => rss);
  memory(
    'nodejs_heap_size_used_bytes',
    'JavaScript heap of the host that is in use.',
    ({ heapUsed }) => heapUsed,
  );
  memory(
    'nodejs_external_memory_bytes',
    'Memory of the host outside of the heap.',
    ({ external }) => external,
  );
  addGauge(registry, {
    name: 'process_start_time_seconds',
    help: 'When the host was started, in seconds since 1970.',
    labelNames: [],
    read: () => [{ labels: {}, value: Math.round(performance.timeOrigin / 1000) }],
  });
}

function watchDelay(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return histogram;
}

/** Node's histogram has the time between two looks. */
function late(ns: number): number {
  return Math.max(0, ns / nsPerSecond - resolution / 1000);
}
