/** What the surfaces show, for their tests: a device's share, a download, a model on the disk, one of the catalogue. */
import type { CatalogueEntry, Download, Gpu, ModelListing, ShardState, Share, State } from '#protocol';
import { gib, sampleInstance, sampleNode, sampleState } from '../api/sample-state';

/** 3.2 GiB on an RTX 4090 of which 15 of 24 GiB are free. */
export function sampleShare(changes: Partial<Share> = {}): Share {
  return {
    node_id: 'node-a',
    node_name: 'workstation',
    device_id: 'GPU-1',
    device_name: 'NVIDIA GeForce RTX 4090',
    gpu_index: 0,
    first_layer: 0,
    layers: 29,
    weights_bytes: 2 * gib,
    kv_cache_bytes: Math.round(0.5 * gib),
    compute_bytes: Math.round(0.3 * gib),
    overhead_bytes: Math.round(0.4 * gib),
    total_bytes: Math.round(3.2 * gib),
    free_bytes: 15 * gib,
    capacity_bytes: 24 * gib,
    ...changes,
  };
}

/** 29 layers of a model on the GPU of "workstation", for another machine that runs it. */
export function sampleShard(changes: Partial<ShardState> = {}): ShardState {
  return {
    node_id: 'node-b',
    node_name: 'workstation',
    layers: 29,
    weights_bytes: 2 * gib,
    sent_bytes: Math.round(0.5 * gib),
    received_bytes: 4096,
    load_bytes_per_second: null,
    cached_bytes: Math.round(1.5 * gib),
    bytes_per_token: 34 * 1024,
    ...changes,
  };
}

/** The RAM that holds the embeddings of a model on a GPU. */
export function embeddingsShare(changes: Partial<Share> = {}): Share {
  return sampleShare({
    device_id: 'cpu',
    device_name: 'CPU',
    gpu_index: null,
    layers: 0,
    total_bytes: Math.round(0.5 * gib),
    free_bytes: 20 * gib,
    capacity_bytes: 32 * gib,
    ...changes,
  });
}

export function sampleDownload(changes: Partial<Download> = {}): Download {
  return {
    id: 'large-q8_0.gguf',
    node_id: 'node-a',
    source: 'large',
    name: 'large-q8_0.gguf',
    state: 'downloading',
    bytes: 2 * gib,
    total_bytes: Math.round(4.7 * gib),
    bytes_per_second: 85 * 1024 ** 2,
    seconds_left: 130,
    error: null,
    model_id: null,
    ...changes,
  };
}

export function sampleListing(changes: Partial<ModelListing> = {}): ModelListing {
  return {
    model: {
      id: '/models/large-q8_0.gguf',
      name: 'large-q8_0',
      path: '/models/large-q8_0.gguf',
      size_bytes: Math.round(4.7 * gib),
      embedded: false,
    },
    facts: {
      architecture: 'qwen2',
      layers: 29,
      context_size: 32_768,
      embedding_size: 1536,
      parameters: 1.5e9,
      active_share: 1,
      quantization: 'Q8_0',
      fim: { prefix: '<p>', suffix: '<s>', middle: '<m>', repository: null, file: null },
      chat_template: true,
    },
    problem: null,
    fit: 'gpu',
    instances: [],
    deletable: true,
    ...changes,
  };
}

export const embeddedListing = sampleListing({ model: sampleInstance().model, deletable: false });

export function sampleEntry(changes: Partial<CatalogueEntry> = {}): CatalogueEntry {
  return {
    id: 'large',
    name: 'Large',
    parameters: '1.5B',
    repository: 'owner/large',
    files: { q4_k_m: 'large-q4_k_m.gguf', q8_0: 'large-q8_0.gguf' },
    default_quantization: 'q8_0',
    context_size: 32_768,
    licence: 'Apache-2.0',
    good_at: 'quick completions',
    source: 'https://example.org/large',
    ...changes,
  };
}

/** A machine with these. */
export function ofGpus(...gpus: Gpu[]): State {
  return sampleState([sampleNode(gpus)]);
}

/** A machine that fetches a model. */
export function ofDownload(changes: Partial<Download> = {}): State {
  return { ...sampleState([]), downloads: [sampleDownload(changes)] };
}

export const engine = { pid: 4711, name: 'vramesh-engine', vram_used: 2.4 * gib, kind: 'compute' as const };
export const desktop = { pid: 1203, name: 'Xorg', vram_used: 310 * 1024 ** 2, kind: 'graphics' as const };
