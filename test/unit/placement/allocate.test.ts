/** Whatever the sizes: what can be split is split, and no device gets more than it has room for. Seeded. */
import assert from 'node:assert/strict';
import type { ModelNeed } from '#protocol';
import { allocate } from '../../../server/src/placement/allocate';
import { type Bin, type Rules, rankOf, type Slice } from '../../../server/src/placement/bins';
import { type Layers, layersOf } from '../../../server/src/placement/layers';
import { need, ONLY_LAYERS, random } from './support';

function layers(sizes: readonly number[]): Layers {
  const blocks = sizes.slice(0, -1);
  const modelNeed: ModelNeed = {
    ...need(1, { weights: 0, kv: 0, output: 0 }, ONLY_LAYERS),
    block_weights: blocks,
    block_kv: blocks.map(() => 0),
    output_weights: sizes.at(-1) ?? 0,
  };
  const measured = layersOf(modelNeed);
  assert.ok(!('problem' in measured));
  return measured;
}

/** The oracle: tries every order of devices with every length of each run. */
function canBeSplit(sizes: readonly number[], bins: readonly Bin[], rules: Rules): boolean {
  const hopeless = new Set<string>();
  return from(0, []);

  function from(first: number, used: readonly number[]): boolean {
    if (first === sizes.length) return new Set(used.map((bin) => bins[bin]?.node)).size >= rules.minNodes;
    const key = `${first} ${used.toSorted((a, b) => a - b)}`;
    if (hopeless.has(key)) return false;
    for (const [bin, { room }] of bins.entries()) {
      if (used.includes(bin) || used.some((before) => rankOf(before, rules) > rankOf(bin, rules))) continue;
      let left = room;
      for (let next = first; next < sizes.length; next++) {
        left -= sizes[next] ?? 0;
        if (left < 0) break;
        if (from(next + 1, [...used, bin])) return true;
      }
    }
    hopeless.add(key);
    return false;
  }
}

function assertSound(slices: readonly Slice[], sizes: readonly number[], bins: readonly Bin[], rules: Rules) {
  let next = 0;
  for (const { bin, first, count } of slices) {
    assert.equal(first, next, 'a layer is lost or doubled');
    assert.ok(count > 0, 'a device without a layer');
    next += count;
    const bytes = sizes.slice(first, next).reduce((sum, size) => sum + size, 0);
    assert.ok(bytes <= (bins[bin]?.room ?? 0), `${bytes} bytes where there is room for ${bins[bin]?.room}`);
  }
  assert.equal(next, sizes.length);
  assert.equal(new Set(slices.map(({ bin }) => bin)).size, slices.length, 'a device twice');
  assert.ok(new Set(slices.map(({ bin }) => bins[bin]?.node)).size >= rules.minNodes);
  const ranks = slices.map(({ bin }) => rankOf(bin, rules));
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
    'a device before one that it must come after',
  );
}

interface Shape {
  readonly what: string;
  readonly uniform: boolean;
  readonly cases: number;
}

const shapes: readonly Shape[] = [
  { what: 'blocks of one size', uniform: true, cases: 3000 },
  { what: 'blocks of any size', uniform: false, cases: 3000 },
];

describe('placement: allocation', () => {
  for (const { what, uniform, cases } of shapes)
    it(`${what}: refused exactly when no split exists (${cases} sets of devices)`, () => {
      for (let seed = 1; seed <= cases; seed++) {
        const next = random(seed);
        const upTo = (most: number) => Math.floor(next() * (most + 1));
        const block = 1 + upTo(8);
        const sizes = Array.from({ length: 1 + upTo(9) }, () => (uniform ? block : upTo(9)));
        sizes.push(upTo(20));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const number = 1 + upTo(5);
        const fullness = 0.8 + next() * 0.3;
        const bins = Array.from({ length: number }, () => ({
          room: Math.round(((0.3 + next() * 1.4) * total) / number / fullness) - (next() < 0.1 ? total : 0),
          node: upTo(3),
        }));
        const front = next() < 0.3 ? upTo(number - 1) : null;
        const tail = next() < 0.5 ? [] : [...bins.keys()].filter((bin) => bin !== front && next() < 0.4);
        const rules = { minNodes: 1 + upTo(2), front, tail };
        const slices = allocate(layers(sizes), bins, rules);
        const story = `seed ${seed}: layers ${sizes}, bins ${JSON.stringify(bins)}, ${JSON.stringify(rules)}`;
        assert.equal(slices !== null, canBeSplit(sizes, bins, rules), story);
        if (slices !== null) assertSound(slices, sizes, bins, rules);
      }
    });

  it('dozens of devices: never overfilled, and found when room is 5 % more than the layers (300 sets)', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = random(seed);
      const sizes = Array.from({ length: 80 }, () => 200 + Math.floor(next() * 40));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const shares = Array.from({ length: 14 + Math.floor(next() * 8) }, () => 0.5 + next());
      const sum = shares.reduce((so_far, share) => so_far + share, 0);
      // Half a layer of each device cannot be used on average, however well they are ordered.
      const room = total * 1.05 + shares.length * 110;
      const bins = shares.map((share, node) => ({ room: (room * share) / sum, node }));
      const rules = { minNodes: 2, front: null, tail: [] };
      const slices = allocate(layers(sizes), bins, rules);
      assert.ok(slices, `seed ${seed}`);
      assertSound(slices, sizes, bins, rules);
    }
  });

  it('what a small device cannot hold goes to the others, in proportion', () => {
    const bins = [19, 60, 61].map((room, node) => ({ room, node }));
    const slices = allocate(layers([...Array(11).fill(10), 20]), bins, {
      minNodes: 1,
      front: null,
      tail: [],
    });
    assert.deepEqual(
      slices?.map(({ count }) => count),
      [1, 6, 5],
    );
  });
});
