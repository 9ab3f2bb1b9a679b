/** What an engine is told to put where, from the preview that was chosen. Pure. */
import type { Preview } from '#protocol';
import type { EngineOptions } from './engine';
import type { Borrowed } from './shards';

export function planOf(preview: Preview, nodeId: string, borrowed: Borrowed | null): EngineOptions['plan'] {
  const own = preview.shares.filter((share) => share.node_id === nodeId);
  const onGpus = own.flatMap(({ gpu_index: index, device_id, layers }) =>
    index === null ? [] : [{ index, uuid: device_id.startsWith('GPU-') ? device_id : null, layers }],
  );
  const gpus = onGpus.map(({ index, uuid }) => ({ index, uuid }));
  if (borrowed === null) return { gpuLayers: preview.layers_on_gpu, gpus };
  // The CPU of another node is a device like a GPU to llama.cpp; its own holds what is left, the first layers.
  const inRam = own.reduce((sum, share) => sum + (share.gpu_index === null ? share.layers : 0), 0);
  return {
    gpuLayers: preview.layers - inRam,
    gpus,
    split: {
      shards: borrowed.shards.map(({ socket, shares }) => ({
        socket,
        layers: shares.map(({ layers }) => layers),
      })),
      gpuLayers: onGpus.map(({ layers }) => layers),
    },
  };
}
