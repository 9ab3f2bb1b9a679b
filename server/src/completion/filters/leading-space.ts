/** A blank before the cursor is not written twice: many models begin a word with its blank. */
import type { Surroundings } from '../surroundings';

export function trimDoubledSpace(text: string, { linePrefix }: Pick<Surroundings, 'linePrefix'>): string {
  // In an indentation, further blanks are further indentation.
  return /\S[ \t]+$/.test(linePrefix) ? text.replace(/^[ \t]+/, '') : text;
}
