/** One registry per host, never the library's global one, and everything that is in it. */
import { Registry } from 'prom-client';
import type { State } from '#protocol';
import { addApiRequests } from './api-requests';
import { addCompletions } from './completions';
import { addGpus } from './gpus';
import type { Metrics, MetricsParts } from './index';
import { addLinks } from './links';
import { addPlacedModels } from './placed-models';
import { addProcess } from './process';
import { addGauge } from './series';
import { addTimes } from './times';

export function createRegistry({ nodeId, version, state }: MetricsParts): Metrics {
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
  const times = addTimes(registry);
  const observer = addCompletions(registry, () => current().completions, times.editor);
  const api = addApiRequests(registry, times.api);
  addLinks(registry, current);
  addProcess(registry);

  return {
    async text() {
      now = state();
      try {
        return await registry.metrics();
      } finally {
        now = null;
      }
    },
    observer,
    api,
  };
}
