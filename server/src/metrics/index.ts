/**
 * What Prometheus may ask of this host: its own GPUs, engines, completions and links, and the host process itself.
 *
 * Each host answers for itself, so whoever asks all of them counts nothing twice. One registry per host, never the
 * library's global one. It must never say 0 for what is unknown, or grow with what others send.
 */
import { Registry } from 'prom-client';
import type { State } from '#protocol';
import { addCompletions, type TimesObserver } from './completions';
import { addGpus } from './gpus';
import { addLinks } from './links';
import { addPlacedModels } from './placed-models';
import { addProcess } from './process';
import { addGauge } from './series';

export interface MetricsParts {
  readonly nodeId: string;
  readonly version: string;
  state(): State;
}

export interface Metrics {
  readonly contentType: string;
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
  /** To be told of times as they are measured. */
  readonly observer: TimesObserver;
}

export function createMetrics({ nodeId, version, state }: MetricsParts): Metrics {
  const registry = new Registry();
  // One document for all that is read of it.
  let now: State | null = null;
  const current = () => now ?? state();
  const own = () => current().topology.nodes.find(({ node_id }) => node_id === nodeId) ?? null;

  addGauge(registry, {
    name: 'vramesh_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    read: () => [{ labels: { version }, value: 1 }],
  });
  addGauge(registry, {
    name: 'vramesh_requests',
    help: 'Requests that the engines of this machine are working on.',
    labelNames: [],
    read: () => [{ labels: {}, value: own()?.requests ?? null }],
  });
  addGpus(registry, own);
  addPlacedModels(registry, () => current().instances.filter((instance) => instance.node_id === nodeId));
  const observer = addCompletions(registry, () => current().completions);
  addLinks(registry, current);
  addProcess(registry);

  return {
    contentType: registry.contentType,
    async text() {
      now = state();
      try {
        return await registry.metrics();
      } finally {
        now = null;
      }
    },
    observer,
  };
}
