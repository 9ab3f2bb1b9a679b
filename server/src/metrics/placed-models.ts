/** The models whose engines run on this machine: where they are in their life, and how fast they were. */
import type { Registry } from 'prom-client';
import type { Instance } from '#protocol';
import { addGauge } from './series';

const labelNames = ['id', 'model'] as const;

interface Reading {
  readonly name: string;
  readonly help: string;
  of(instance: Instance): number | null;
}

const readings: readonly Reading[] = [
  {
    name: 'vramesh_instance_decode_tokens_per_second',
    help: 'Decode speed of the last answer.',
    of: (instance) => instance.tokens_per_second,
  },
  {
    name: 'vramesh_instance_prefill_tokens_per_second',
    help: 'Of the last long prompt.',
    of: (instance) => instance.prefill_tokens_per_second,
  },
  { name: 'vramesh_instance_layers', help: 'Layers of the model.', of: (instance) => instance.layers },
  {
    name: 'vramesh_instance_layers_on_gpu',
    help: 'Layers of the model that lie on GPUs.',
    of: (instance) => instance.layers_on_gpu,
  },
  {
    name: 'vramesh_instance_context_tokens',
    help: 'Tokens of one sequence.',
    of: (instance) => instance.context_size,
  },
  {
    name: 'vramesh_instance_load_ratio',
    help: 'How far loading is, from 0 to 1; only while it loads.',
    of: (instance) => instance.progress,
  },
  {
    name: 'vramesh_instance_engine_deaths',
    help: 'Deaths of its engine in a row, since it last answered.',
    of: (instance) => instance.engine_deaths,
  },
];

export function addPlacedModels(registry: Registry, own: () => readonly Instance[]): void {
  const labels = ({ id, model }: Instance) => ({ id, model: model.name });
  for (const { name, help, of } of readings) {
    addGauge(registry, {
      name,
      help,
      labelNames,
      read: () => own().map((instance) => ({ labels: labels(instance), value: of(instance) })),
    });
  }
  addGauge(registry, {
    name: 'vramesh_instance_state',
    help: '1 for the state that it is in now: placing, loading, ready, idle, restarting or failed.',
    labelNames: [...labelNames, 'state'],
    read: () =>
      own().map((instance) => ({ labels: { ...labels(instance), state: instance.state }, value: 1 })),
  });
}
