/** Clusters and models to place, in a line each. Sizes are MiB unless a name says otherwise. */
import type { ModelFacts, ModelNeed, Preview, Wishes } from '#protocol';
import {
  type ClusterNode,
  type Device,
  type PlacementRequest,
  previews,
} from '../../../server/src/placement';

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;
const GB_PER_SECOND = 1e9;

/** Free VRAM and the whole, in GiB. */
export function gpu(name: string, free: number, whole: number, more: Partial<Device> = {}): Device {
  return {
    id: `GPU-${name}`,
    name,
    kind: 'gpu',
    index: 0,
    capacityBytes: whole * GiB,
    freeBytes: free * GiB,
    driverFreeBytes: more.freeBytes ?? free * GiB,
    overheadBytes: 460 * MiB,
    bandwidth: 500 * GB_PER_SECOND,
    obstacle: null,
    ...more,
  };
}

/** Free RAM and the whole, in GiB. */
export function cpu(free: number, whole: number, more: Partial<Device> = {}): Device {
  return {
    id: 'cpu',
    name: 'CPU',
    kind: 'cpu',
    index: null,
    capacityBytes: whole * GiB,
    freeBytes: free * GiB,
    driverFreeBytes: more.freeBytes ?? free * GiB,
    overheadBytes: 0,
    bandwidth: 50 * GB_PER_SECOND,
    obstacle: null,
    ...more,
  };
}

/** Devices get their positions here. */
export function node(name: string, devices: readonly Device[], roundTripMs: number | null = 0): ClusterNode {
  const numbered = devices.map((device, index) => (device.kind === 'gpu' ? { ...device, index } : device));
  return { id: name, name, devices: numbered, roundTripMs, bytesPerSecond: null, shardObstacle: null };
}

/** Blocks of one size, and an output layer. */
export function need(
  blocks: number,
  sizes: { weights: number; kv: number; output: number },
  more: Partial<ModelNeed> = {},
): ModelNeed {
  return {
    context_size: 4096,
    sequences: 4,
    kv_cache_type: 'f16',
    block_weights: Array.from({ length: blocks }, () => sizes.weights * MiB),
    block_kv: Array.from({ length: blocks }, () => sizes.kv * MiB),
    output_weights: sizes.output * MiB,
    input_weights: 300 * MiB,
    compute: {
      gpu_whole: 300 * MiB,
      gpu_partial: 500 * MiB,
      gpu_several: 350 * MiB,
      cpu: 300 * MiB,
      beside_gpu: 20 * MiB,
    },
    simulated: true,
    ...more,
  };
}

/** About what a 4 bit file of that many parameters needs for four sequences of 4096 tokens. */
export const NEEDS = {
  '1.5B': () => need(28, { weights: 30, kv: 16, output: 180 }),
  '7B': () => need(28, { weights: 140, kv: 32, output: 430 }),
  '13B': () => need(40, { weights: 190, kv: 320, output: 130 }),
  '32B': () => need(64, { weights: 280, kv: 64, output: 600 }),
};

/** What counts is the memory of layers alone: nothing for embeddings, buffers and drivers. */
export const ONLY_LAYERS: Partial<ModelNeed> = {
  input_weights: 0,
  compute: { gpu_whole: 0, gpu_partial: 0, gpu_several: 0, cpu: 0, beside_gpu: 0 },
};

export const FACTS: ModelFacts = {
  architecture: 'qwen2',
  layers: 29,
  context_size: 32768,
  embedding_size: 3584,
  parameters: 7.6e9,
  active_share: 1,
  quantization: 'Q4_K',
  fim: {
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
    repository: null,
    file: null,
  },
  chat_template: true,
};

export const WISHES: Wishes = {
  prefer_gpu: true,
  min_nodes: 1,
  sharding: 'Pipeline',
  sequences: 4,
  kv_cache_type: 'f16',
  role: 'completion',
};

export function request(
  modelNeed: ModelNeed,
  nodes: readonly ClusterNode[],
  more: Partial<Omit<PlacementRequest, 'wishes'>> & { wishes?: Partial<Wishes> } = {},
): PlacementRequest {
  return {
    modelId: 'model',
    facts: FACTS,
    need: modelNeed,
    nodes,
    splitObstacle: null,
    measured: new Map(),
    ...more,
    wishes: { ...WISHES, ...more.wishes },
  };
}

/** One line a preview: id, layers and use of each device in MiB, or the reason. */
export function told(asked: PlacementRequest): string[] {
  return previews(asked).map((preview) =>
    preview.error === null ? `${preview.id} | ${sharesOf(preview)}` : `${preview.id} ✗ ${preview.error}`,
  );
}

export function sharesOf({ shares }: Preview): string {
  return shares
    .map(
      (share) =>
        `${share.node_id}/${share.device_id} ${share.first_layer}+${share.layers} ${Math.round(share.total_bytes / MiB)}`,
    )
    .join(' | ');
}

/** Mulberry32: numbers in [0, 1) that depend on the seed alone. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The preview that is taken when none was chosen. */
export function choose(all: readonly Preview[]): Preview | null {
  return all.find(({ error }) => error === null) ?? null;
}
