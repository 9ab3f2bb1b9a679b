/** `GET /gpu/info`: the GPUs of every node at a glance, derived from the state document. */
import { type GpuInfo, gpuInfoSchema, type Node, type State } from '#protocol';
import { commonErrors } from './errors';
import type { Feature } from './features';

const bytesPerMib = 1024 * 1024;

export const gpuInfoRoute: Feature = (app, parts) => {
  app.get(
    '/gpu/info',
    {
      schema: {
        summary: 'The GPUs of the cluster and of each node',
        response: { 200: gpuInfoSchema, ...commonErrors },
      },
    },
    () => gpuInfo(parts.state()),
  );
};

/** The summary of a state document. A cluster without a GPU has 0 MiB in total; a node's unknown stays `null`. */
export function gpuInfo(state: State): GpuInfo {
  const nodes = state.topology.nodes.map(nodeGpuInfo);
  const gpuNodes = nodes.filter((node) => node.has_gpu).length;
  return {
    cluster_summary: {
      total_nodes: nodes.length,
      gpu_nodes: gpuNodes,
      total_vram_mb: sum(nodes.map((node) => node.vram_total_mb)),
      total_vram_available_mb: sum(nodes.map((node) => node.vram_available_mb)),
      gpu_aware_placement_enabled: gpuNodes > 0,
    },
    nodes,
  };
}

function nodeGpuInfo({ node_id, node_profile }: Node): GpuInfo['nodes'][number] {
  const { memory, system, gpus, driver_version, cuda_version } = node_profile;
  return {
    node_id,
    has_gpu: gpus.length > 0,
    gpu_count: gpus.length,
    device_name: gpus[0]?.name ?? null,
    vram_total_mb: mib(memory.gpu_vram_total),
    vram_available_mb: mib(memory.gpu_vram_available),
    vram_used_mb: mib(memory.gpu_vram_used),
    driver_version,
    cuda_version,
    gpu_usage_percent: system.gpu_usage,
    gpu_temp_celsius: system.temp,
    gpus,
  };
}

function mib(bytes: number | null): number | null {
  return bytes === null ? null : bytes / bytesPerMib;
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
