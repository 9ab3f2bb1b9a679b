/**
 * Collects what the model writes and says when it is enough. The rules look at whole lines, as they will stand in the
 * document: the first one includes what is before the cursor.
 */
import type { FimTokens } from '#protocol';
import { indexOfSpecialToken } from '../filters/special-tokens';
import { indentation, isBlank } from '../lines';
import type { Surroundings } from '../surroundings';
import { blockEnd } from './block-end';
import { repetition } from './repetition';
import { suffixReached } from './suffix-reached';

/** Lines that one completion may have. */
const MAX_LINES = 16;
/** UTF-16 units; only a broken engine writes more. */
const MAX_LENGTH = 16_384;

/** What the rules need to know of the place where the completion starts. */
export type Start = Pick<Surroundings, 'midLine' | 'linePrefix' | 'linesBelow'>;

/**
 * Judges the line that was just completed, the last of `lines`: how many lines stand when the completion ends here,
 * or null to go on.
 */
export type StopRule = (lines: readonly string[], start: Start) => number | null;

/** In order: the first that stops decides. */
const rules: readonly StopRule[] = [suffixReached, repetition, blockEnd];

export interface Collector {
  /** Takes the next piece; false when the completion is complete and nothing more is wanted. */
  take(piece: string): boolean;
  /** What stands, without what was before the cursor. */
  text(): string;
}

export function createCollector(start: Start, fim: FimTokens): Collector {
  const { linePrefix, midLine } = start;
  const startColumn = indentation(linePrefix);
  let lines: readonly string[] = [];
  let current = linePrefix;
  let length = 0;

  function take(piece: string): boolean {
    length += piece.length;
    current += piece.replaceAll('\r', '');
    const own = lines.length === 0 ? linePrefix.length : 0;
    const leak = indexOfSpecialToken(current.slice(own), fim);
    if (leak >= 0) current = current.slice(0, own + leak);

    for (let end = current.indexOf('\n'); end >= 0; end = current.indexOf('\n')) {
      const all = [...lines, current.slice(0, end)];
      const standing = midLine ? 1 : judge(all);
      lines = all.slice(0, standing ?? MAX_LINES);
      current = standing === null ? current.slice(end + 1) : '';
      if (standing !== null || lines.length === MAX_LINES) return false;
    }
    return leak < 0 && length < MAX_LENGTH && !dedents();
  }

  function judge(all: readonly string[]): number | null {
    for (const rule of rules) {
      const standing = rule(all, start);
      if (standing !== null) return standing;
    }
    return null;
  }

  /** The line just begun is left of where the completion started: known before the line is complete. */
  function dedents(): boolean {
    return lines.length > 0 && !isBlank(current) && indentation(current) < startColumn;
  }

  function text(): string {
    const all = current === '' ? lines : [...lines, current];
    const standing = current === '' || midLine ? null : judge(all);
    return all
      .slice(0, standing ?? MAX_LINES)
      .join('\n')
      .slice(linePrefix.length);
  }

  return { take, text };
}
