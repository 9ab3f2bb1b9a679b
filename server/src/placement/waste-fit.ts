/** A split for more devices than can be searched through: a few best beginnings are followed at a time. */
import { type Bin, type Rules, rankOf, type Slice } from './bins';
import type { Layers } from './layers';

/** Beginnings kept at each step. */
const KEPT = 16;

interface Beginning {
  readonly end: number;
  /** bytes left unused so far */
  readonly waste: number;
  readonly used: ReadonlySet<number>;
  readonly slices: readonly Slice[];
  /** of the last one */
  readonly rank: number;
}

/** Each step fills one more device to the brim; kept are the beginnings that waste least. May miss a tight fit. */
export function fitByWaste(
  layers: Layers,
  bins: readonly Bin[],
  order: readonly number[],
  rules: Rules,
): Slice[] | null {
  let beginnings: Beginning[] = [{ end: 0, waste: 0, used: new Set(), slices: [], rank: 0 }];
  for (let step = 0; step < order.length; step++) {
    const longer: Beginning[] = [];
    for (const beginning of beginnings) {
      for (const bin of order) {
        if (beginning.used.has(bin) || rankOf(bin, rules) < beginning.rank) continue;
        const room = bins[bin]?.room ?? 0;
        const end = layers.endWithin(beginning.end, room);
        const count = end - beginning.end;
        if (count === 0) continue;
        const slices = [...beginning.slices, { bin, first: beginning.end, count }];
        if (end === layers.count) {
          if (nodesOf(slices, bins) >= rules.minNodes) return slices;
          continue;
        }
        const waste = beginning.waste + room - layers.bytes(beginning.end, count);
        const rank = rankOf(bin, rules);
        longer.push({ end, waste, used: new Set(beginning.used).add(bin), slices, rank });
      }
    }
    beginnings = longer.sort((a, b) => a.waste - b.waste).slice(0, KEPT);
  }
  return null;
}

function nodesOf(slices: readonly Slice[], bins: readonly Bin[]): number {
  return new Set(slices.map(({ bin }) => bins[bin]?.node)).size;
}
