/**
 * How much KV cache each block has, relative to the others: blocks may differ, and recurrent ones have a state of
 * fixed size. From node-llama-cpp's formulas, which know the architectures; the sums come from llama.cpp itself.
 */
import type { KvCacheType } from '#protocol';

/** Bytes that a formula gives for the last so many layers on the GPU: KV cache, state, and something per layer. */
export type KvFormula = (layersOnGpu: number, type: 'F16' | 'F32') => number;

/** To F16. A Q8_0 block of 32 numbers has 34 bytes, a Q4_0 block 18. */
const SIZE_RATIO: Record<KvCacheType, number> = { f16: 1, q8_0: 34 / 64, q4_0: 18 / 64 };

/** About bytes, per block. */
export function kvShape(blocks: number, type: KvCacheType, formula: KvFormula): number[] {
  const totals = Array.from({ length: blocks + 1 }, (_, index) => ({
    f16: formula(index + 1, 'F16'),
    f32: formula(index + 1, 'F32'),
  }));
  const steps = totals.slice(1).map((total, index) => {
    const before = totals[index] ?? total;
    // F32 only doubles the KV cache: the rest is state, and what the formula adds for each layer
    const kv = total.f32 - before.f32 - (total.f16 - before.f16);
    return { kv, rest: total.f16 - before.f16 - kv };
  });
  const perLayer = Math.min(...steps.slice(0, -1).map(({ rest }) => rest));
  return steps
    .map(({ kv, rest }) => {
      if (kv > 0) return kv * SIZE_RATIO[type];
      return Number.isFinite(perLayer) ? Math.max(0, rest - perLayer) : 0;
    })
    .reverse();
}
