/** What to try next when a model did not load, and what to tell the user about what was reached. Pure. */
import type { Backend, LoadedModel, LoadFailure } from '#protocol';
import { backendNames } from './backends';

export interface Attempt {
  readonly backend: Backend;
  /** share of the layers that fit into free VRAM to put there */
  readonly offload: number;
}

/** When VRAM was short though all seemed to fit. After the last one: the CPU, which wants no VRAM at all. */
const SMALLER_OFFLOADS: readonly number[] = [0.75, 0.5, 0.25];

export function firstAttempt(backends: readonly Backend[]): Attempt | null {
  return attemptOn(backends[0]);
}

/** The attempt after `failed`, or null when nothing is left that could work. */
export function nextAttempt(
  backends: readonly Backend[],
  failed: Attempt,
  reason: LoadFailure,
): Attempt | null {
  if (reason === 'model') return null;
  if (reason === 'backend') return attemptOn(backends[backends.indexOf(failed.backend) + 1]);
  if (failed.backend === 'cpu') return null;
  const offload = SMALLER_OFFLOADS.find((share) => share < failed.offload);
  if (offload !== undefined) return { backend: failed.backend, offload };
  return backends.includes('cpu') ? attemptOn('cpu') : null;
}

function attemptOn(backend: Backend | undefined): Attempt | null {
  return backend === undefined ? null : { backend, offload: backend === 'cpu' ? 0 : 1 };
}

export interface Reached {
  readonly attempt: Attempt;
  readonly model: LoadedModel;
  /** reason of the last attempt that failed; null: the first one worked */
  readonly lastFailure: LoadFailure | null;
  readonly cudaExpected: boolean;
  /** tokens per sequence that were wished for */
  readonly contextSize: number;
}

/** What the user should know though it works, or null. */
export function noteOn({ attempt, model, lastFailure, cudaExpected, contextSize }: Reached): string | null {
  const notes: string[] = [];
  const name = backendNames[attempt.backend];
  if (attempt.backend === 'cpu' && lastFailure === 'memory')
    notes.push('VRAM was too short for this model: it runs on the CPU, slower');
  else if (cudaExpected && attempt.backend !== 'cuda')
    notes.push(`CUDA is not available: the model runs on ${name === 'CPU' ? 'the CPU' : name}, slower`);
  else if (attempt.backend === 'cpu' && lastFailure === 'backend')
    notes.push('the GPU could not be used: the model runs on the CPU, slower');
  else if (attempt.backend !== 'cpu' && model.layers_on_gpu < model.layers)
    notes.push(`${model.layers_on_gpu} of ${model.layers} layers on the GPU: VRAM was short`);

  const possible = Math.min(contextSize, model.trained_context_size);
  if (model.context_size < possible)
    notes.push(`context of ${model.context_size} instead of ${possible} tokens: memory was short`);
  return notes.length === 0 ? null : notes.join('; ');
}

/** The log lines that say which backend runs the model. */
export function backendLines({ attempt, cudaExpected }: Pick<Reached, 'attempt' | 'cudaExpected'>): {
  info: string;
  warning: string | null;
} {
  const name = backendNames[attempt.backend];
  return {
    info: `Using llama.cpp ${name} backend`,
    warning:
      cudaExpected && attempt.backend !== 'cuda'
        ? `Warning: GPU detected but the CUDA backend is not available, using ${name}`
        : null,
  };
}
