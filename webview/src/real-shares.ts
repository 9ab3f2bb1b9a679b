/** Which devices hold an instance: those it was placed on, unless the backend of the GPUs failed and it came to run on the CPU. Pure. */
import type { Instance, Share } from '#protocol';

/** The CPU with the RAM of a machine, as shares name it. */
export const cpuId = 'cpu';

export function realShares({ placement, backend, node_id }: Instance): readonly Share[] {
  const shares = placement?.shares ?? [];
  const isHere = (share: Share) => share.node_id === node_id;
  if (backend !== 'cpu' || !shares.some((share) => isHere(share) && share.gpu_index !== null)) return shares;
  // What other machines hold of it is computed there.
  return [shares.filter(isHere).map(onCpu).reduce(together), ...shares.filter((share) => !isHere(share))];
}

/** In RAM there is nothing of a GPU's driver. */
function onCpu(share: Share): Share {
  const overhead_bytes = share.gpu_index === null ? share.overhead_bytes : 0;
  return {
    ...share,
    device_id: cpuId,
    device_name: 'CPU',
    gpu_index: null,
    overhead_bytes,
    total_bytes: share.total_bytes - share.overhead_bytes + overhead_bytes,
  };
}

function together(one: Share, other: Share): Share {
  return {
    ...one,
    first_layer: one.layers === 0 ? other.first_layer : one.first_layer,
    layers: one.layers + other.layers,
    weights_bytes: one.weights_bytes + other.weights_bytes,
    kv_cache_bytes: one.kv_cache_bytes + other.kv_cache_bytes,
    compute_bytes: one.compute_bytes + other.compute_bytes,
    overhead_bytes: one.overhead_bytes + other.overhead_bytes,
    total_bytes: one.total_bytes + other.total_bytes,
  };
}
