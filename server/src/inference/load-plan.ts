/** On which backends a plan is tried, and what to tell the user about the one that it reached. Pure. */
import type { Backend } from '#protocol';
import { backendNames } from './backends';
import type { LoadPlan } from './gpu-environment';

export interface Attempt {
  readonly backend: Backend;
  readonly gpuLayers: number;
}

/** In order: when a backend cannot be used, the next one runs the same plan, and the CPU all of it by itself. */
export function attemptsFor(plan: LoadPlan, backends: readonly Backend[]): Attempt[] {
  const onCpu = plan.gpuLayers === 0 || plan.gpus.length === 0;
  const usable = onCpu ? backends.filter((backend) => backend === 'cpu') : backends;
  // A shard server serves one engine in its life, and its layers are no matter of the backend here.
  if (plan.split !== undefined)
    return usable.slice(0, 1).map((backend) => ({ backend, gpuLayers: plan.gpuLayers }));
  return usable.map((backend) => ({ backend, gpuLayers: backend === 'cpu' ? 0 : plan.gpuLayers }));
}

export interface Reached {
  readonly backend: Backend;
  /** all that may be used here */
  readonly backends: readonly Backend[];
  readonly plan: LoadPlan;
  readonly cudaExpected: boolean;
}

/** What the user should know though it works, or null. */
export function noteOn(reached: Reached): string | null {
  const { backend, plan } = reached;
  const name = backend === 'cpu' ? 'the CPU' : backendNames[backend];
  if (missesCuda(reached)) return `CUDA is not available: the model runs on ${name}, slower`;
  if (backend === 'cpu' && plan.gpuLayers > 0 && plan.split === undefined)
    return `the GPU could not be used: the model runs on the CPU, slower`;
  return null;
}

/** The log lines that say which backend runs the model. */
export function backendLines(reached: Reached): { info: string; warning: string | null } {
  const name = backendNames[reached.backend];
  return {
    info: `Using llama.cpp ${name} backend`,
    warning: missesCuda(reached)
      ? `Warning: GPU detected but the CUDA backend is not available, using ${name}`
      : null,
  };
}

/** A plan for the CPU says nothing about CUDA. */
function missesCuda({ backend, backends, plan, cudaExpected }: Reached): boolean {
  if (!cudaExpected || backend === 'cuda') return false;
  // Beside shards, only the layers of the GPUs here are a matter of CUDA.
  if (plan.split !== undefined) return plan.gpus.length > 0;
  return plan.gpuLayers > 0 || !backends.includes('cuda');
}
