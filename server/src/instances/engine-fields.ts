/** What an instance's document says of its engine; nothing is known while there is none. */
import type { Instance, Preview } from '#protocol';
import type { Engine } from './engine';

export type EngineFields = Pick<
  Instance,
  | 'engine_pid'
  | 'backend'
  | 'devices'
  | 'layers'
  | 'layers_on_gpu'
  | 'context_size'
  | 'batch_size'
  | 'sequences'
  | 'threads'
  | 'fim'
  | 'tool_format'
>;

/** @param split where it is split over machines, its placement */
export function engineFields(engine: Engine | null, split: Preview | null): EngineFields {
  const loaded = engine?.model;
  return {
    engine_pid: engine?.pid ?? null,
    backend: engine?.backend ?? null,
    devices: loaded?.devices ?? [],
    layers: loaded?.layers ?? null,
    // llama.cpp takes whatever lies on another machine for a GPU.
    layers_on_gpu: (split ?? loaded)?.layers_on_gpu ?? null,
    context_size: loaded?.context_size ?? null,
    batch_size: loaded?.batch_size ?? null,
    sequences: loaded?.sequences ?? null,
    threads: loaded?.threads ?? null,
    fim: loaded?.fim ?? null,
    tool_format: loaded?.tool_format ?? null,
  };
}
