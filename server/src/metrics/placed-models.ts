/** The models whose engines run on this machine: where they are in their life, and how fast they were. */
import type { Registry } from 'prom-client';
import type { Instance } from '#protocol';
import { addReadings, type Reading } from './readings';
import { addGauge } from './series';

const labelNames = ['id', 'model'] as const;

const readings: readonly Reading<Instance>[] = [
  [
    'vramesh_instance_decode_tokens_per_second',
    'Decode speed of the last answer.',
    (one) => one.tokens_per_second,
  ],
  [
    'vramesh_instance_prefill_tokens_per_second',
    'Of the last long prompt.',
    (one) => one.prefill_tokens_per_second,
  ],
  ['vramesh_instance_layers', 'Layers of the model.', (one) => one.layers],
  ['vramesh_instance_layers_on_gpu', 'Layers of the model that lie on GPUs.', (one) => one.layers_on_gpu],
  ['vramesh_instance_context_tokens', 'Tokens of one sequence.', (one) => one.context_size],
  [
    'vramesh_instance_load_ratio',
    'How far loading is, from 0 to 1; only while it loads.',
    (one) => one.progress,
  ],
  [
    'vramesh_instance_engine_deaths',
    'Deaths of its engine in a row, since it last answered.',
    (one) => one.engine_deaths,
  ],
];

export function addPlacedModels(registry: Registry, own: () => readonly Instance[]): void {
  const labels = ({ id, model }: Instance) => ({ id, model: model.name });
  addReadings(registry, labelNames, readings, () =>
    own().map((instance) => ({ thing: instance, labels: labels(instance) })),
  );
  addGauge(registry, {
    name: 'vramesh_instance_state',
    help: '1 for the state that it is in now: placing, loading, ready, idle, restarting or failed.',
    labelNames: [...labelNames, 'state'],
    read: () =>
      own().map((instance) => ({ labels: { ...labels(instance), state: instance.state }, value: 1 })),
  });
}
