/** The layers of a model and what each weighs: its blocks, and the output layer as the last one. */
import type { ModelNeed } from '#protocol';

export interface Layers {
  /** blocks, and the output layer */
  readonly count: number;
  /** bytes of all */
  readonly total: number;
  readonly smallest: number;
  /** bytes of the largest block */
  readonly largestBlock: number;
  /** bytes of the output layer */
  readonly output: number;
  /** every block weighs the same, so that splits can be counted instead of searched */
  readonly uniform: boolean;
  /** bytes of weights and KV cache */
  bytes(first: number, count: number): number;
  weights(first: number, count: number): number;
  kvCache(first: number, count: number): number;
  /** End of the longest run of layers from `first` on that fits into `room` bytes. */
  endWithin(first: number, room: number): number;
}

/** Refuses, in words, a need that cannot be true. */
export function layersOf(need: ModelNeed): Layers | { readonly problem: string } {
  const { block_weights: weights, block_kv: kv, output_weights, input_weights, compute } = need;
  if (weights.length === 0) return { problem: 'the model has no layers' };
  if (weights.length !== kv.length)
    return { problem: `the model has ${weights.length} blocks of weights, but KV cache for ${kv.length}` };
  const all = [...weights, ...kv, output_weights, input_weights];
  const buffers = [
    compute.gpu_whole,
    compute.gpu_partial,
    compute.gpu_several,
    compute.cpu,
    compute.beside_gpu,
  ];
  const possible = (bytes: number) => Number.isSafeInteger(bytes) && bytes >= 0;
  const sum = all.reduce((so_far, bytes) => so_far + bytes, 0);
  if (![...all, ...buffers].every(possible) || sum > LARGEST || Math.max(...buffers) > LARGEST)
    return {
      problem: 'the sizes in the model’s file cannot be true: it is damaged, or made by something broken',
    };
  return measure([...weights, output_weights], [...kv, 0]);
}
/** 1 PiB: no model is that large, and sums of such numbers are still exact. */
const LARGEST = 2 ** 50;

function measure(weights: readonly number[], kv: readonly number[]): Layers {
  const weightEnds = runningSums(weights);
  const kvEnds = runningSums(kv);
  const ends = weightEnds.map((end, index) => end + at(kvEnds, index));
  const sizes = weights.map((bytes, index) => bytes + at(kv, index));
  const blocks = sizes.slice(0, -1);
  const largestBlock = blocks.reduce((most, size) => Math.max(most, size), 0);
  const between = (sums: readonly number[]) => (first: number, count: number) =>
    at(sums, first + count) - at(sums, first);

  return {
    count: sizes.length,
    total: at(ends, sizes.length),
    smallest: sizes.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY),
    largestBlock,
    output: at(sizes, sizes.length - 1),
    uniform: blocks.every((size) => size === largestBlock),
    bytes: between(ends),
    weights: between(weightEnds),
    kvCache: between(kvEnds),
    endWithin(first, room) {
      const limit = at(ends, first) + room;
      let low = first;
      let high = sizes.length;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (at(ends, middle) <= limit) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

/** `sums[i]`: the first i numbers together. */
function runningSums(numbers: readonly number[]): number[] {
  let sum = 0;
  return [0, ...numbers.map((number) => (sum += number))];
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0;
}
