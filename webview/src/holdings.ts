/** Which models lie on a device, and how much of its memory each holds there, by kind. Pure. */
import type { Gpu, Instance, LentShard, Node, Share } from '#protocol';
import { realShares } from './real-shares';

export interface Amounts {
  readonly weights: number;
  readonly kv: number;
  /** Compute buffers, and what the driver takes for a process. */
  readonly buffers: number;
}

/** One placed model on one device. */
export interface Holding extends Amounts {
  readonly instanceId: string;
  /** Its letter. */
  readonly mark: string;
  readonly model: string;
  readonly state: Instance['state'];
  /** "layers 1–14", or what else it has there. */
  readonly layers: string;
}

export function deviceIdOf({ uuid, index }: Gpu): string {
  return uuid ?? `gpu-${index}`;
}

/** By device, in the order of the models. */
export function holdingsOn(
  node: Node,
  instances: readonly Instance[],
  marks: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Holding[]> {
  const gpus = new Map(node.node_profile.gpus.map((gpu) => [deviceIdOf(gpu), gpu]));
  const devices = new Map<string, Holding[]>();
  for (const instance of instances) {
    for (const share of realShares(instance)) {
      if (share.node_id !== node.node_id) continue;
      const held = heldBytes(instance, share, gpus.get(share.device_id) ?? null, node.lent);
      const holding: Holding = {
        instanceId: instance.id,
        mark: marks.get(instance.id) ?? '?',
        model: instance.model.name,
        state: instance.state,
        layers: layersText(share),
        ...split(share, held),
      };
      const there = devices.get(share.device_id);
      if (there) there.push(holding);
      else devices.set(share.device_id, [holding]);
    }
  }
  return devices;
}

/** What the driver says of its engine, else what its shard server says, else what was previewed and how far loading is. */
function heldBytes(instance: Instance, share: Share, gpu: Gpu | null, lent: readonly LentShard[]): number {
  const measured =
    instance.node_id === share.node_id && instance.engine_pid !== null
      ? gpu?.processes?.find(({ pid }) => pid === instance.engine_pid)?.vram_used
      : undefined;
  if (measured !== undefined && measured !== null) return measured;
  switch (instance.state) {
    case 'ready':
      return share.total_bytes;
    case 'loading':
      return lentUse(instance, share, lent) ?? (instance.progress ?? 0) * share.weights_bytes;
    default:
      return 0;
  }
}

/** A shard server tells of all its devices together: taken apart as they were promised. */
function lentUse({ node_id, model }: Instance, share: Share, lent: readonly LentShard[]): number | null {
  const loan = lent.find((candidate) => candidate.node_id === node_id && candidate.model === model.name);
  if (!loan || loan.used_bytes === null) return null;
  const promised = loan.devices.reduce((sum, { bytes }) => sum + bytes, 0);
  const here = loan.devices.find(({ device_id }) => device_id === share.device_id)?.bytes ?? 0;
  return promised > 0 ? (loan.used_bytes * here) / promised : null;
}

/** Weights come first, then the KV cache; the rest is buffers. */
function split(share: Share, held: number): Amounts {
  const weights = Math.min(held, share.weights_bytes);
  const kv = Math.min(held - weights, share.kv_cache_bytes);
  return { weights, kv, buffers: held - weights - kv };
}

/** Layers are counted from 1, as people do. */
export function layersText({ first_layer, layers }: Pick<Share, 'first_layer' | 'layers'>): string {
  if (layers === 0) return 'embeddings';
  if (layers === 1) return `layer ${first_layer + 1}`;
  return `layers ${first_layer + 1}–${first_layer + layers}`;
}
