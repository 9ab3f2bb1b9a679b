/**
 * Ends the completion where a line leaves the scope in which it started: left of its start. The line that closes this
 * scope still belongs to it, unless it stands below already.
 */
import { closes, indentation, isBlank } from '../lines';
import type { Surroundings } from '../surroundings';

/** It closes one thing and begins another: `} else {`. */
const OPENS_AGAIN = /(?:[({[:]|\b(?:then|do))\s*$/;

export function cutOutOfScope(
  text: string,
  { prefix, linePrefix, linesBelow }: Pick<Surroundings, 'prefix' | 'linePrefix' | 'linesBelow'>,
): string {
  const lines = (linePrefix + text).split('\n');
  const start = startColumn(lines, linePrefix);
  const left = lines.findIndex((line, index) => index > 0 && !isBlank(line) && indentation(line) < start);
  if (left < 0) return text;

  const line = lines[left] ?? '';
  const closesIt =
    closes(line) &&
    !OPENS_AGAIN.test(line) &&
    indentation(line) === columnAround(prefix, start) &&
    !isClosedBelow(linesBelow, indentation(line));
  return lines
    .slice(0, closesIt ? left + 1 : left)
    .join('\n')
    .slice(linePrefix.length);
}

/** At the very left of an empty line, the model says where it starts. */
function startColumn(lines: readonly string[], linePrefix: string): number {
  const first = linePrefix === '' ? lines.find((line) => !isBlank(line)) : linePrefix;
  return indentation(first ?? '');
}

/** The column of the line that the scope belongs to: the nearest above that is left of it; null when there is none. */
function columnAround(prefix: string, start: number): number | null {
  const above = prefix.split('\n').slice(0, -1);
  const owner = above.findLast((line) => !isBlank(line) && indentation(line) < start);
  return owner === undefined ? null : indentation(owner);
}

function isClosedBelow([next]: readonly string[], column: number): boolean {
  return next !== undefined && closes(next) && indentation(next) >= column;
}
