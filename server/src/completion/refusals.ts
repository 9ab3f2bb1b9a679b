/** Where nobody wants a completion: what can be told without a look at the model. */
import type { CompletionRequest } from './index';
import type { Surroundings } from './surroundings';

/** What the last change of a document did. */
export type EditKind = 'typed' | 'deleted';

const WORD = /^[\p{L}\p{N}_]/u;

/** In words why there is no completion, which does not hold for somebody who asked for one; null: there may be one. */
export function refuse(
  { explicit }: Pick<CompletionRequest, 'explicit'>,
  { suffix }: Pick<Surroundings, 'suffix'>,
  lastEdit: EditKind | null,
): string | null {
  if (explicit) return null;
  if (WORD.test(suffix)) return 'the cursor is inside a word';
  if (lastEdit === 'deleted') return 'something was deleted just now';
  return null;
}
