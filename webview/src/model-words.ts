/** What the page says of a placed model. Pure. */
import type { Backend, Instance, Share, State } from '#protocol';
import { bytes, bytesPerSecond, count, outside, percent, plural, tokensPerSecond, unknown } from './format';
import type { Reading } from './gpu-words';
import { layersText } from './holdings';
import { realShares } from './real-shares';

const backends: Record<Backend, string> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal', cpu: 'CPU' };

/** "loading 43 %" */
export function stateText({ state, progress }: Instance): string {
  return state === 'loading' && progress !== null ? `loading ${percent(progress * 100)}` : state;
}

export function modelReadings(instance: Instance): Reading[] {
  const { backend, layers, layers_on_gpu, context_size, sequences, tokens_per_second, placement } = instance;
  const predicted = placement?.decode_tokens_per_second ?? null;
  return [
    {
      label: tokens_per_second === null && predicted !== null ? 'Speed, predicted' : 'Speed',
      value: tokensPerSecond(tokens_per_second ?? predicted),
    },
    {
      label: 'Layers on GPU',
      value: layers === null ? unknown : `${layers_on_gpu ?? unknown} of ${layers}`,
    },
    {
      label: 'Context',
      value:
        context_size !== null && sequences !== null
          ? `${context_size} × ${sequences}`
          : count(context_size, 'tokens'),
    },
    { label: 'Computes with', value: backend === null ? unknown : backends[backend] },
  ];
}

/** What the user should know of it, most pressing first; `null`: nothing. */
export function modelNotice({ state, error, note, model }: Instance): string | null {
  if (error !== null) return outside(error, 600);
  if (state === 'placing') return 'Its memory is worked out and promised.';
  if (state === 'idle')
    return 'It is unloaded, since nobody asked for it. It comes back on the next request.';
  if (note !== null) return outside(note, 600);
  return model.embedded
    ? 'Ships with VRAMesh and shows that everything works. It is small and weak: place a better model.'
    : null;
}

/** The layers that lie on one device. */
export interface LayerRun {
  readonly key: string;
  /** "GPU 0 of workstation" */
  readonly place: string;
  /** "layers 1–14 · 3.2 GiB" */
  readonly text: string;
  readonly layers: number;
  /** 0 to 1, of its layers: what has been loaded so far. */
  readonly loaded: number;
}

/** Where its layers lie, in their order, and how far each device has got. What holds no layer is left out. */
export function layerRuns(instance: Instance, { topology: { nodes } }: Pick<State, 'topology'>): LayerRun[] {
  const shares = realShares(instance).filter(({ layers }) => layers > 0);
  const total = shares.reduce((sum, { layers }) => sum + layers, 0);
  let before = 0;
  return shares.map((share, position) => {
    const done = loadedShare(instance) * total - before;
    before += share.layers;
    return {
      key: `${position}`,
      place: placeText(share, nodes.length > 1),
      text: [layersText(share), bytes(share.total_bytes), ...trafficText(instance, share)].join(' · '),
      layers: share.layers,
      loaded: Math.min(1, Math.max(0, done / share.layers)),
    };
  });
}

/** "Loading layer 12 of 28"; `null`: nothing is being loaded, or nobody knows how far it is. */
export function loadingText(instance: Instance): string | null {
  const { state, progress, placement } = instance;
  if (state !== 'loading' || progress === null || placement === null || placement.layers === 0) return null;
  const layer = Math.min(placement.layers, Math.floor(progress * placement.layers) + 1);
  return `Loading layer ${layer} of ${placement.layers}`;
}

function loadedShare({ state, progress }: Instance): number {
  if (state === 'ready') return 1;
  return state === 'loading' ? (progress ?? 0) : 0;
}

export function placeText({ gpu_index, node_name }: Share, withMachine: boolean): string {
  const device = gpu_index === null ? 'CPU' : `GPU ${gpu_index}`;
  return withMachine ? `${device} of ${outside(node_name, 40)}` : device;
}

/** What is said over the network for the layers of another machine. */
function trafficText({ shards }: Instance, { node_id }: Share): string[] {
  const shard = shards.find((candidate) => candidate.node_id === node_id);
  if (!shard) return [];
  if (shard.load_bytes_per_second !== null) return [`sent at ${bytesPerSecond(shard.load_bytes_per_second)}`];
  return shard.bytes_per_token === null ? [] : [`${bytes(shard.bytes_per_token)} a token`];
}

/** "2 models, 1 is loading" */
export function modelsText(instances: readonly Instance[]): string {
  const moving = instances.filter(({ state }) => state === 'loading' || state === 'placing').length;
  return moving > 0
    ? `${plural(instances.length, 'model')}, ${moving} loading`
    : plural(instances.length, 'model');
}
