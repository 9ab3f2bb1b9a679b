/** Which contiguous layers each device of a set gets. Layers have different sizes; a device is never overfilled. */
import { type Bin, blocksWithin, capOfLast, type Rules, rankOf, type Slice, slicesOf } from './bins';
import { exactFit } from './exact-fit';
import type { Layers } from './layers';
import { proportional, proportionalCapped } from './proportional';

/**
 * In proportion to room if that fits, capped with redistribution if that does, else whatever an exact search finds.
 * Slices are in the order of the layers; bins that could hold nothing get none. null: these bins cannot hold it.
 */
export function allocate(layers: Layers, bins: readonly Bin[], rules: Rules): Slice[] | null {
  const roomInSum = bins.reduce((sum, { room }) => sum + Math.max(room, 0), 0);
  if (roomInSum < layers.total || layers.count < rules.minNodes) return null;
  const able = [...bins.keys()].filter((bin) => (bins[bin]?.room ?? -1) >= layers.smallest);
  const order = mostUseful(able, layers.count, bins, rules);
  return dealtOut(layers, bins, order, rules) ?? exactFit(layers, bins, order, rules);
}

/** One run of layers for every bin of `order`, in that order. */
function dealtOut(layers: Layers, bins: readonly Bin[], order: number[], rules: Rules): Slice[] | null {
  const inOrder = order.toSorted((a, b) => rankOf(a, rules) - rankOf(b, rules));
  if (new Set(inOrder.map((bin) => bins[bin]?.node)).size < rules.minNodes) return null;
  const rooms = inOrder.map((bin) => bins[bin]?.room ?? 0);
  const caps = rooms.map((room, position) =>
    position === rooms.length - 1 ? capOfLast(layers, room) : blocksWithin(layers, room),
  );
  for (const counts of [proportional(layers.count, rooms), proportionalCapped(layers.count, rooms, caps)]) {
    const slices = counts && slicesOf(inOrder, counts);
    if (slices?.every(({ bin, first, count }) => layers.bytes(first, count) <= (bins[bin]?.room ?? 0)))
      return slices;
  }
  return null;
}

/** More bins than layers are of no use: the roomiest of as many nodes as must be used, then the roomiest of all. */
function mostUseful(order: number[], most: number, bins: readonly Bin[], rules: Rules): number[] {
  if (order.length <= most) return order;
  const roomiest = order.toSorted((a, b) => (bins[b]?.room ?? 0) - (bins[a]?.room ?? 0));
  const perNode = new Map<number | undefined, number>();
  for (const bin of roomiest) {
    const node = bins[bin]?.node;
    if (perNode.size < rules.minNodes && !perNode.has(node)) perNode.set(node, bin);
  }
  const kept = new Set([...new Set([...perNode.values(), ...roomiest])].slice(0, most));
  return order.filter((bin) => kept.has(bin));
}
