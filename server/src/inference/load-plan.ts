/** On which backends a plan is tried, and what to tell the user about the one that it reached. Pure. */
import type { Backend } from '#protocol';
import { backendNames } from './backends';
import type { LoadPlan } from './gpu-environment';

/**
 * In order: when one cannot be used, the next one runs the same plan. What was planned for a GPU is never run by the CPU
 * instead: nobody has asked whether the RAM is there.
 */
export function backendsFor(plan: LoadPlan, backends: readonly Backend[]): Backend[] {
  const onCpu = plan.gpuLayers === 0 || plan.gpus.length === 0;
  const usable = backends.filter((backend) => (backend === 'cpu') === onCpu);
  // A shard server serves one engine in its life.
  return plan.split === undefined ? usable : usable.slice(0, 1);
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
  const name = reached.backend === 'cpu' ? 'the CPU' : backendNames[reached.backend];
  return missesCuda(reached) ? `CUDA is not available: the model runs on ${name}, slower` : null;
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
