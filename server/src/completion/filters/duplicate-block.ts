/** Drops a completion that begins with the lines above the cursor: two or more, word for word. */
import { hasWord, isBlank } from '../lines';
import type { Surroundings } from '../surroundings';

/** Lines of the longest block that is looked for. */
const MAX_LINES = 16;

export function dropDuplicateBlock(
  text: string,
  { prefix, linePrefix }: Pick<Surroundings, 'prefix' | 'linePrefix'>,
): string {
  const above = written(prefix.slice(0, prefix.length - linePrefix.length)).slice(-MAX_LINES);
  const added = written(linePrefix + text);
  for (let count = 2; count <= Math.min(above.length, added.length); count++) {
    const block = above.slice(-count);
    if (block.some(hasWord) && block.every((line, index) => line === added[index])) return '';
  }
  return text;
}

/** What is to read in it, line by line. */
function written(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !isBlank(line))
    .map((line) => line.trim());
}
