/** Layers to devices in proportion to their memory, as whole numbers. */

/**
 * By largest remainder: everyone gets the whole layers of its exact part, and what is left over goes to the largest
 * fractions. Then at least one each, taken from whoever has most. null: no device, or fewer layers than devices.
 */
export function proportional(layers: number, memory: readonly number[]): number[] | null {
  const sum = memory.reduce((so_far, bytes) => so_far + bytes, 0);
  if (memory.length === 0 || !(layers >= memory.length) || !(sum > 0)) return null;
  const exact = memory.map((bytes) => (bytes / sum) * layers);
  const counts = exact.map(Math.floor);
  const left = layers - counts.reduce((so_far, count) => so_far + count, 0);
  const byRemainder = exact
    .map((part, index) => ({ index, remainder: part - Math.floor(part) }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder.slice(0, left)) counts[index] = (counts[index] ?? 0) + 1;

  for (const [index, count] of counts.entries()) {
    if (count > 0) continue;
    const most = Math.max(...counts);
    counts[counts.indexOf(most)] = most - 1;
    counts[index] = 1;
  }
  return counts;
}

/**
 * The same where a device takes no more than `caps` layers: what is cut off goes to the others, again in proportion.
 * null: fewer layers than devices, a cap of none, or the caps do not add up to all layers.
 */
export function proportionalCapped(
  layers: number,
  memory: readonly number[],
  caps: readonly number[],
): number[] | null {
  if (caps.some((cap) => cap < 1) || caps.reduce((sum, cap) => sum + cap, 0) < layers) return null;
  const full = new Map<number, number>();
  for (;;) {
    const open = [...memory.keys()].filter((index) => !full.has(index));
    const taken = [...full.values()].reduce((sum, count) => sum + count, 0);
    const counts = proportional(
      layers - taken,
      open.map((index) => memory[index] ?? 0),
    );
    if (open.length > 0 && counts === null) return null;
    const placed = new Map(open.map((index, position) => [index, counts?.[position] ?? 0]));
    const over = open.filter((index) => (placed.get(index) ?? 0) > (caps[index] ?? 0));
    if (over.length === 0)
      return [...memory.keys()].map((index) => full.get(index) ?? placed.get(index) ?? 0);
    for (const index of over) full.set(index, caps[index] ?? 0);
  }
}
