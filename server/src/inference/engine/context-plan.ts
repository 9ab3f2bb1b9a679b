/** The sizes of a context. The dry run and the load both ask here: what was worked out is what is then allocated. */
import type { KvCacheType } from '#protocol';

/** Tokens that one decode call evaluates at most. The memory of the compute buffer grows with it. */
const BATCH_SIZE = { gpu: 1024, cpu: 512 };

/** As node-llama-cpp spells them. */
export const kvCacheTypeNames = { f16: 'F16', q8_0: 'Q8_0', q4_0: 'Q4_0' } as const satisfies Record<
  KvCacheType,
  string
>;

/** Without this, a model with a sliding window could not reuse its KV cache between requests. */
export const SWA_FULL_CACHE = true;

export interface ContextPlan {
  /** tokens per sequence */
  readonly contextSize: number;
  readonly batchSize: number;
}

/** @param trained tokens that the model was trained for: more than these are of no use to it. */
export function planContext(wanted: number, trained: number, onGpu: boolean): ContextPlan {
  const contextSize = Math.min(wanted, trained);
  return { contextSize, batchSize: Math.min(contextSize, onGpu ? BATCH_SIZE.gpu : BATCH_SIZE.cpu) };
}
