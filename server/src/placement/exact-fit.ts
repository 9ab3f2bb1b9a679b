/**
 * Whether some split into whole layers fits, when dealing them out in proportion does not: the last word before a
 * set of devices is refused. Exact for blocks of one size, and for any sizes on up to a dozen devices.
 */
import { type Bin, blocksWithin, capOfLast, type Rules, rankOf, type Slice, slicesOf } from './bins';
import type { Layers } from './layers';
import { proportionalCapped } from './proportional';
import { fitByWaste } from './waste-fit';

/** Marks that the subset search may keep: 12 devices and a thousand layers. */
const MOST_MARKS = 2 ** 22;
const MOST_BINS = 12;

export function exactFit(
  layers: Layers,
  bins: readonly Bin[],
  order: readonly number[],
  rules: Rules,
): Slice[] | null {
  if (layers.uniform) return fitByCount(layers, bins, order, rules);
  const searchable = order.length <= MOST_BINS && 2 ** order.length * (layers.count + 1) <= MOST_MARKS;
  if (searchable) return fitBySubsets(layers, bins, order, rules);
  return fitByCount(layers, bins, order, rules) ?? fitByWaste(layers, bins, order, rules);
}

/**
 * Blocks of one size are interchangeable, so only the device with the output layer, the last one, is a choice. Taken
 * is the one that loses the fewest blocks by it. (Blocks of several sizes count as the largest: a fit is a fit, but
 * none found proves nothing.)
 */
function fitByCount(
  layers: Layers,
  bins: readonly Bin[],
  order: readonly number[],
  rules: Rules,
): Slice[] | null {
  const room = (bin: number) => bins[bin]?.room ?? 0;
  const blocks = new Map(order.map((bin) => [bin, blocksWithin(layers, room(bin))]));
  const blocksOf = (bin: number) => blocks.get(bin) ?? 0;
  const holders = order
    .filter((bin) => blocksOf(bin) > 0)
    .toSorted((a, b) => rankOf(a, rules) - rankOf(b, rules));
  /** What may stand before the last one. */
  const before = (end: number) =>
    holders.filter((bin) => bin !== end && rankOf(bin, rules) <= rankOf(end, rules));

  let last: { bin: number; spare: number } | null = null;
  for (const bin of order) {
    if (bin === rules.front || room(bin) < layers.output) continue;
    const others = before(bin);
    const inSum = others.reduce((sum, other) => sum + blocksOf(other), 0);
    const spare = inSum + capOfLast(layers, room(bin)) - layers.count;
    const enough = new Set([...others, bin].map((one) => bins[one]?.node)).size >= rules.minNodes;
    if (spare >= 0 && enough && (last === null || spare > last.spare)) last = { bin, spare };
  }
  if (last === null) return null;

  const { bin: end } = last;
  const used = [...before(end), end];
  const caps = used.map((bin) => (bin === end ? capOfLast(layers, room(bin)) : blocksOf(bin)));
  const counts = proportionalCapped(layers.count, used.map(room), caps);
  return counts && slicesOf(used, counts);
}

/**
 * For every subset of the devices, the ends that the first layers can have on just these, at least one on each, in
 * whatever order: on a subset without one device, plus one run on that device.
 */
function fitBySubsets(
  layers: Layers,
  bins: readonly Bin[],
  order: readonly number[],
  rules: Rules,
): Slice[] | null {
  const width = layers.count + 1;
  const subsets = 2 ** order.length;
  const reached = new Uint8Array(subsets * width);
  reached[0] = 1;
  const ends = order.map((bin) =>
    Array.from({ length: width }, (_, first) => layers.endWithin(first, bins[bin]?.room ?? 0)),
  );
  const ranks = order.map((bin) => rankOf(bin, rules));
  /** Places of a higher rank than this one. */
  const behind = ranks.map((rank) =>
    ranks.reduce((set, other, place) => (other > rank ? set | (1 << place) : set), 0),
  );
  const mayFollow = (rest: number, place: number) =>
    (rest & (behind[place] ?? 0)) === 0 && (rest === 0 || order[place] !== rules.front);

  for (let subset = 1; subset < subsets; subset++) {
    for (const [place, endsHere] of ends.entries()) {
      const rest = subset & ~(1 << place);
      if (rest === subset || !mayFollow(rest, place)) continue;
      let marked = 0;
      for (let first = 0; first < layers.count; first++) {
        if (reached[rest * width + first] !== 1) continue;
        const end = endsHere[first] ?? first;
        for (let to = Math.max(first, marked) + 1; to <= end; to++) reached[subset * width + to] = 1;
        marked = Math.max(marked, end);
      }
    }
    if (reached[subset * width + layers.count] === 1 && nodesOf(subset) >= rules.minNodes)
      return readBack(subset);
  }
  return null;

  function nodesOf(subset: number): number {
    const members = order.filter((_, place) => (subset & (1 << place)) !== 0);
    return new Set(members.map((bin) => bins[bin]?.node)).size;
  }

  /** The runs that led to all layers on this subset, found from the last one back. */
  function readBack(whole: number): Slice[] {
    const slices: Slice[] = [];
    let subset = whole;
    let end = layers.count;
    while (subset !== 0) {
      const step = stepTo(subset, end);
      slices.unshift({ bin: step.bin, first: step.first, count: end - step.first });
      subset = step.rest;
      end = step.first;
    }
    return slices;
  }

  function stepTo(subset: number, end: number): { bin: number; first: number; rest: number } {
    for (const [place, bin] of order.entries()) {
      const rest = subset & ~(1 << place);
      if (rest === subset || !mayFollow(rest, place)) continue;
      for (let first = 0; first < end; first++)
        if (reached[rest * width + first] === 1 && (ends[place]?.[first] ?? 0) >= end)
          return { bin, first, rest };
    }
    throw new Error('a subset was marked that no step leads to');
  }
}
