/**
 * How much is completed: the rest of one line, or a block. A block is for where nothing is yet: behind what opens one,
 * in an empty one, below a comment that says what is to come, and where a new piece of the document begins.
 */

import type { Grammar } from './grammar';
import { indentation, isBlank, isComment, opens, stands } from './lines';
import type { Surroundings } from './surroundings';

export interface Extent {
  readonly kind: 'line' | 'block';
}

type Place = Pick<Surroundings, 'prefix' | 'suffix' | 'linePrefix' | 'midLine'>;

/** Without a grammar, lines and their indentation tell. */
export function extentAt(place: Place, grammar: Grammar | null): Extent {
  return { kind: !place.midLine && isBlockWanted(place, grammar) ? 'block' : 'line' };
}

function isBlockWanted(place: Place, grammar: Grammar | null): boolean {
  const { prefix, suffix, linePrefix } = place;
  const above = prefix.split('\n').slice(0, -1);
  const below = suffix.split('\n').slice(1);
  if (isBlank(linePrefix) && (isAnnounced(above, below) || isNewPiece(linePrefix, above, below))) return true;
  if (grammar !== null) return grammar.blockAt(prefix + suffix, prefix.length) !== 'other';

  const head = isBlank(linePrefix) ? above.findLast(stands) : linePrefix;
  if (head === undefined || isComment(head) || !opens(head)) return false;
  const next = below.find(stands);
  return next === undefined || indentation(next) <= indentation(head);
}

/** The line above is a comment, and what it speaks of is not there yet. */
function isAnnounced(above: readonly string[], below: readonly string[]): boolean {
  const comment = above.at(-1);
  return comment !== undefined && isComment(comment) && isBlank(below[0] ?? '');
}

/** Not indented, at the start of the document or after a blank line, and not amid what is indented. */
function isNewPiece(linePrefix: string, above: readonly string[], below: readonly string[]): boolean {
  const next = below.find((line) => !isBlank(line));
  return linePrefix === '' && isBlank(above.at(-1) ?? '') && (next === undefined || indentation(next) === 0);
}
