/**
 * Drops a completion whose first line says again what the line above says, or whose only line is the line below.
 * Punctuation may repeat: a `}` below a `}` is no mistake.
 */
import { hasWord, isBlank } from '../lines';
import type { Surroundings } from '../surroundings';

export function dropDuplicateLine(
  text: string,
  around: Pick<Surroundings, 'linePrefix' | 'lineSuffix' | 'lineAbove' | 'linesBelow'>,
): string {
  const added = text.split('\n');
  const index = added.findIndex((line) => !isBlank(line));
  const isFirst = index === 0;
  const isLast = index === added.length - 1;
  const line = (
    (isFirst ? around.linePrefix : '') +
    (added[index] ?? '') +
    (isLast ? around.lineSuffix : '')
  ).trim();
  if (!hasWord(line)) return text;

  const above = isFirst || isBlank(around.linePrefix) ? around.lineAbove : around.linePrefix;
  if (line === above?.trim()) return '';
  return isLast && line === around.linesBelow[0]?.trim() ? '' : text;
}
