/** Models and previews for the machines of the recorded state `three`, as a host would answer the page. */
import type { ModelListing, PageModels, PagePreviews, Preview, Share } from '#protocol';
import { recordedState, type TopologyPage } from './topology-page';

const gib = 1024 ** 3;
const modelId = '/models/codestral-22b-q4_k_m.gguf';
const [tower, workstation] = recordedState('three').topology.nodes;

export const offeredModels: PageModels = {
  type: 'models',
  models: [listing('codestral-22b-q4_k_m', 12.4), listing('qwen2.5-coder-1.5b-q8_0', 1.6)],
  elsewhere: [{ name: 'deepseek-coder-v2-lite', size_bytes: 9.7 * gib, machines: ['workstation'] }],
  problem: null,
};

export const offeredPreviews: PagePreviews = {
  type: 'previews',
  model_id: modelId,
  wishes: {},
  previews: [
    preview('far', 'gpu', [share(workstation, 0, 0, 57, 14.9)], {
      decode_tokens_per_second: 48,
      transfer_seconds: 112,
    }),
    preview(
      'split',
      'nodes',
      [share(tower, null, 0, 0, 1.1), share(workstation, 0, 0, 22, 6.2), share(tower, 0, 22, 35, 9.4)],
      { decode_tokens_per_second: 41, transfer_seconds: 40 },
    ),
    preview('cpu', 'cpu', [share(tower, null, 0, 57, 14.9)], {
      layers_on_gpu: 0,
      decode_tokens_per_second: 3.4,
      speed_source: 'measured',
    }),
    preview('near', 'gpu', [share(tower, 0, 0, 57, 14.9)], {
      decode_tokens_per_second: null,
      error: 'NVIDIA GeForce RTX 4090 has 12.1 GiB free, but 14.9 GiB are needed: 2.8 GiB are missing.',
    }),
  ],
  problem: null,
};

/** Opens the form, chooses the first model, and answers with its previews. */
export async function chooseFirstModel({ page, post }: TopologyPage): Promise<void> {
  await page.getByRole('button', { name: 'Place a Model…' }).click();
  await post(offeredModels);
  await page
    .getByRole('combobox', { name: 'Model', exact: true })
    .selectOption({ label: 'codestral-22b-q4_k_m — 12.4 GiB' });
  await post(offeredPreviews);
  await page.getByRole('radio').first().waitFor();
}

function listing(name: string, size: number): ModelListing {
  const path = `/models/${name}.gguf`;
  return {
    model: { id: path, name, path, size_bytes: Math.round(size * gib), embedded: false },
    facts: null,
    problem: null,
    fit: 'gpu',
    instances: [],
    deletable: true,
  };
}

function preview(id: string, kind: Preview['kind'], shares: Share[], changes: Partial<Preview>): Preview {
  return {
    id,
    model_id: modelId,
    kind,
    sharding: 'Pipeline',
    nodes: [...new Set(shares.map(({ node_id }) => node_id))],
    shares,
    layers: 57,
    layers_on_gpu: 57,
    context_size: 4096,
    sequences: 4,
    kv_cache_type: 'f16',
    decode_tokens_per_second: null,
    prefill_tokens_per_second: null,
    speed_source: 'predicted',
    transfer_seconds: null,
    error: null,
    ...changes,
  };
}

function share(
  node: typeof tower,
  gpuIndex: number | null,
  first_layer: number,
  layers: number,
  size: number,
): Share {
  const gpu = gpuIndex === null ? undefined : node?.node_profile.gpus[gpuIndex];
  const total_bytes = Math.round(size * gib);
  return {
    node_id: node?.node_id ?? '',
    node_name: node?.name ?? '',
    device_id: gpu?.uuid ?? 'cpu',
    device_name: gpu?.name ?? 'CPU',
    gpu_index: gpuIndex,
    first_layer,
    layers,
    weights_bytes: Math.round(total_bytes * 0.85),
    kv_cache_bytes: Math.round(total_bytes * 0.1),
    compute_bytes: Math.round(total_bytes * 0.05),
    overhead_bytes: 0,
    total_bytes,
    free_bytes: 20 * gib,
    capacity_bytes: 48 * gib,
  };
}
