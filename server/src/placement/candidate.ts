/** A candidate: devices with their layers, or the reason why there is no such split; and whether its memory suffices. */
import type { Preview, Share } from '#protocol';
import { isCoordinatorsCpu, nameOf, type Plan, type Site } from './plan';
import { shortage } from './reasons';

/** A run of layers on a device. */
export interface Piece {
  readonly site: Site;
  readonly first: number;
  readonly count: number;
  /** bytes of the compute buffer there */
  readonly compute: number;
}

export interface Candidate {
  readonly id: string;
  readonly kind: Exclude<Preview['kind'], 'none'>;
  /** in the order of the layers; the CPU of the coordinator, which always holds the embeddings, among them */
  readonly pieces: readonly Piece[];
  readonly shares: readonly Share[];
  /** why its devices cannot hold it; null: they can, whatever else may stand against it */
  readonly shortage: string | null;
}

interface Draft {
  readonly id: string;
  readonly kind: Candidate['kind'];
  readonly pieces: readonly Piece[];
}

/** The one judge of whether a split fits: every byte of every device is added up here. */
export function createCandidate(plan: Plan, { id, kind, pieces }: Draft): Candidate {
  const all = withEmbeddings(plan, pieces);
  if (all === null)
    return refused({ id, kind }, `${plan.coordinator.node.name} reports no RAM for the embeddings`);
  const blocked = all.find(({ site }) => site.obstacle !== null);
  if (blocked !== undefined)
    return refused({ id, kind }, `${nameOf(plan, blocked.site)} cannot be used: ${blocked.site.obstacle}`);

  const shares = all.map((piece) => shareOf(plan, piece));
  const short = all.flatMap(({ site }, index) => {
    const share = shares[index];
    return share === undefined || share.total_bytes <= share.free_bytes
      ? []
      : [shortage(nameOf(plan, site), share.total_bytes, share.free_bytes)];
  });
  return { id, kind, pieces: all, shares, shortage: short.length === 0 ? null : short.join('; ') };
}

/** A candidate for which no split could be worked out. */
export function refused({ id, kind }: Omit<Draft, 'pieces'>, reason: string): Candidate {
  return { id, kind, pieces: [], shares: [], shortage: reason };
}

/** The embeddings lie in the RAM of the coordinator, also when no layer does. null: it has no RAM. */
function withEmbeddings(plan: Plan, pieces: readonly Piece[]): readonly Piece[] | null {
  if (pieces.some(({ site }) => isCoordinatorsCpu(site))) return pieces;
  const { cpu } = plan.coordinator;
  if (cpu === null) return null;
  return [{ site: cpu, first: 0, count: 0, compute: plan.request.need.compute.beside_gpu }, ...pieces];
}

function shareOf({ layers, request }: Plan, { site, first, count, compute }: Piece): Share {
  const { device, home, free } = site;
  const input = isCoordinatorsCpu(site) ? request.need.input_weights : 0;
  const weights = layers.weights(first, count) + input;
  const kvCache = layers.kvCache(first, count);
  const overhead = Math.ceil(device.overheadBytes);
  return {
    node_id: home.node.id,
    node_name: home.node.name,
    device_id: device.id,
    device_name: device.name,
    gpu_index: device.index,
    first_layer: first,
    layers: count,
    weights_bytes: weights,
    kv_cache_bytes: kvCache,
    compute_bytes: compute,
    overhead_bytes: overhead,
    total_bytes: weights + kvCache + compute + overhead,
    free_bytes: free,
    capacity_bytes: Math.floor(device.capacityBytes),
  };
}
