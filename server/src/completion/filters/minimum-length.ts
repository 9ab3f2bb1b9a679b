/**
 * Drops what saves no key: accepting costs one, so a lone `)` or `;` is typed as fast. `);` or a `}` on a line of its
 * own may stay, and whatever was asked for.
 */
import type { CompletionRequest } from '../index';

/** A line end counts as one key, with the indentation that the editor gives for it. */
const MIN_KEYS = 2;

export function dropTooShort(text: string, { explicit }: Pick<CompletionRequest, 'explicit'>): string {
  const keys = [...text.trimEnd().replace(/\n\s*/g, '\n')].length;
  return explicit || keys >= MIN_KEYS ? text : '';
}
