/** What a stop rule is. The rules look at whole lines, as they will stand: the first includes what is before the cursor. */
import type { Extent } from '../extent';
import type { Grammar } from '../grammar';
import type { Surroundings } from '../surroundings';

/** Where the completion starts, and how much is wanted. */
export type Start = Pick<Surroundings, 'midLine' | 'prefix' | 'linePrefix' | 'linesBelow'> & {
  readonly extent: Extent;
  readonly grammar: Grammar | null;
};

export interface StopRule {
  /** In the user's words. */
  readonly name: string;
  /**
   * Judges the line that was just completed, the last of `lines`: how many lines stand when the completion ends here,
   * or null to go on.
   */
  ends(lines: readonly string[], start: Start): number | null;
  /** When it goes on: how many of the last lines may yet turn out not to stand. */
  mayTakeBack(lines: readonly string[], start: Start): number;
}

/** For a rule that never lets fewer lines stand than all but the last. */
export function nothingTakenBack(): number {
  return 0;
}

export function written(lines: readonly string[], { linePrefix }: Pick<Start, 'linePrefix'>): string {
  return lines.join('\n').slice(linePrefix.length);
}
