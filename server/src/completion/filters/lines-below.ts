/**
 * Ends the completion where it arrives at the lines that already stand below the cursor. One equal line may be chance
 * (`{`, `@Test`), so two must match, or one that closes a block, or the last of either side.
 */
import { closes, isBlank } from '../lines';
import type { Surroundings } from '../surroundings';

export function cutLinesBelow(
  text: string,
  { midLine, linePrefix, linesBelow }: Pick<Surroundings, 'midLine' | 'linePrefix' | 'linesBelow'>,
): string {
  const lines = (linePrefix + text).split('\n');
  // With code behind it the first line is not complete.
  const own = midLine ? 1 : 0;
  const start = whereSuffixStarts(lines.slice(own), linesBelow, 'complete');
  return start === null
    ? text
    : lines
        .slice(0, own + start)
        .join('\n')
        .slice(linePrefix.length);
}

/** Index of the line from which on `lines` repeat `below`; null: they do not. */
export function whereSuffixStarts(
  lines: readonly string[],
  below: readonly string[],
  state: 'complete' | 'more to come',
): number | null {
  const [first, second] = below;
  if (first === undefined) return null;
  for (const [index, line] of lines.entries()) {
    if (!same(line, first)) continue;
    if (second === undefined || closes(line)) return index;
    const next = lines.slice(index + 1).find((each) => !isBlank(each));
    if (next === undefined ? state === 'complete' : same(next, second)) return index;
  }
  return null;
}

function same(one: string, other: string): boolean {
  return one.trimEnd() === other.trimEnd();
}
