/** Which GPUs an engine sees is decided before it starts, in the words of its backend's library. Pure. */
import type { Backend } from '#protocol';

export interface PlannedGpu {
  /** Position among the GPUs of this node. */
  readonly index: number;
  /** As NVIDIA's driver names it; null: unknown. */
  readonly uuid: string | null;
}

/** What is planned for one engine. */
export interface LoadPlan {
  /** The last so many layers go to shards and GPUs; 0: all on the CPU. */
  readonly gpuLayers: number;
  /** Of this node, in order; empty: the CPU. */
  readonly gpus: readonly PlannedGpu[];
  /** Devices of other nodes, which hold layers before those of the GPUs here; absent: none. */
  readonly split?: SplitPlan;
}

/** Which layers go where is fixed, when some are to lie on other nodes. */
export interface SplitPlan {
  readonly shards: readonly PlannedShard[];
  /** Of each of `gpus`. */
  readonly gpuLayers: readonly number[];
}

export interface PlannedShard {
  /** Path of the Unix socket behind which a shard server of another node answers. */
  readonly socket: string;
  /** Of each of its devices. */
  readonly layers: readonly number[];
}

/**
 * To be added to the environment of the process, so that it sees these GPUs alone and in this order.
 * @param inherited the host's: where Vulkan already has a list, the user has chosen among the devices, and positions count in it.
 * What CUDA's list leaves out is not planned with (`visible-gpus.ts`).
 */
export function gpuEnvironment(
  backend: Backend,
  gpus: readonly PlannedGpu[],
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  if (backend === 'cuda') {
    if (hidesAll(listOf(inherited.CUDA_VISIBLE_DEVICES))) return {};
    const named = gpus.map(({ uuid, index }) => uuid ?? index);
    // else CUDA counts the fastest GPU as the first, NVML the one in the first slot
    return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: named.join(',') };
  }
  if (backend === 'vulkan') {
    const list = listOf(inherited.GGML_VK_VISIBLE_DEVICES);
    return { GGML_VK_VISIBLE_DEVICES: gpus.map(({ index }) => entryOf(list, index)).join(',') };
  }
  return {};
}

/** null: there is no list. */
function listOf(value: string | undefined): string[] | null {
  return value === undefined ? null : value.split(',').map((entry) => entry.trim());
}

/** CUDA's way to show a process no GPU at all. */
function hidesAll(list: readonly string[] | null): boolean {
  return list !== null && (list[0] === '' || list[0] === '-1');
}

function entryOf(list: readonly string[] | null, index: number): string {
  return list?.[index] ?? String(index);
}
