/** How much two texts have in common, by their lines. */
import { hasWord } from '../lines';

export type LineSet = ReadonlySet<string>;

/** Lines with something to read, without their indentation. */
export function lineSet(text: string): LineSet {
  return new Set(
    text
      .split('\n')
      .filter(hasWord)
      .map((line) => line.trim()),
  );
}

/** Jaccard: lines that both have, of the lines that one of them has. 0 where there are none. */
export function similarity(one: LineSet, other: LineSet): number {
  const both = common(one, other);
  return both === 0 ? 0 : both / (one.size + other.size - both);
}

/** How much of `part` stands in `whole`. 0 where there is nothing. */
export function shareIn(part: LineSet, whole: LineSet): number {
  return part.size === 0 ? 0 : common(part, whole) / part.size;
}

function common(one: LineSet, other: LineSet): number {
  let count = 0;
  for (const line of one) if (other.has(line)) count += 1;
  return count;
}
