/** Devices as bins for layers: what allocating and searching share. */
import type { Layers } from './layers';

/** A device, as far as allocating goes. */
export interface Bin {
  /** bytes for layers: free, less overhead and compute buffer */
  readonly room: number;
  /** position of its node among the nodes of the set */
  readonly node: number;
}

export interface Slice {
  /** position among the bins */
  readonly bin: number;
  readonly first: number;
  readonly count: number;
}

export interface Rules {
  /** nodes that must hold a layer each */
  readonly minNodes: number;
  /** the bin that can only hold the first layers: llama.cpp keeps those of its own CPU in front; null: none */
  readonly front: number | null;
  /** the bins that can only hold the last layers, in this order: llama.cpp puts its own GPUs behind those of other nodes */
  readonly tail: readonly number[];
}

/** Blocks that surely fit: as many as if all were as large as the largest. */
export function blocksWithin(layers: Layers, room: number): number {
  if (room < 0) return 0;
  const blocks = layers.count - 1;
  return layers.largestBlock === 0 ? blocks : Math.min(blocks, Math.floor(room / layers.largestBlock));
}

/** Layers that surely fit on the bin that has the output layer. */
export function capOfLast(layers: Layers, room: number): number {
  return room < layers.output ? 0 : 1 + blocksWithin(layers, room - layers.output);
}

/** Where a bin may stand in the order of the layers: bins of one rank may change places. */
export function rankOf(bin: number, { front, tail }: Rules): number {
  if (bin === front) return 0;
  const place = tail.indexOf(bin);
  return place < 0 ? 1 : 2 + place;
}

/** Layers in order, `counts` of them for each bin. */
export function slicesOf(order: readonly number[], counts: readonly number[]): Slice[] {
  let first = 0;
  return order.map((bin, position) => {
    const count = counts[position] ?? 0;
    first += count;
    return { bin, first: first - count, count };
  });
}
