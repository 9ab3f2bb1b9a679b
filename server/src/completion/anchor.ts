/**
 * A place in a document that is found again after something was typed there: the text just before it and just behind
 * it must be the same as they were.
 */
import { autoClosed } from './auto-closed';

/** UTF-16 units that tell a place. */
const BEFORE = 256;
const AFTER = 128;

export interface Anchor {
  /** UTF-16 units from the start of the document. */
  readonly offset: number;
  /** From the offset on back. */
  readonly before: string;
  /** What a suggestion replaces behind the cursor; '' where it only inserts, or is not there yet. */
  readonly replaced: string;
  /** What stands behind that. */
  readonly after: string;
}

export interface Typed {
  /** What was typed since, up to the cursor. */
  readonly text: string;
  /** What is to be replaced behind the cursor now: what the editor has closed meanwhile, and what was not typed over. */
  readonly closed: string;
}

interface AnchorOptions {
  /** Where the place begins; the cursor, unless something before it is replaced. */
  readonly offset?: number | undefined;
  /** UTF-16 units behind the cursor that are replaced. */
  readonly replaced?: number;
}

export function anchorAt(
  text: string,
  cursor: number,
  { offset = cursor, replaced = 0 }: AnchorOptions = {},
): Anchor {
  const end = cursor + replaced;
  return {
    offset,
    before: text.slice(Math.max(0, offset - BEFORE), offset),
    replaced: text.slice(cursor, end),
    after: text.slice(end, end + AFTER),
  };
}

/** What was typed between the place and the cursor; null: it is another place now. */
export function typedSince(anchor: Anchor, text: string, cursor: number): Typed | null {
  const { offset, before } = anchor;
  if (cursor < offset || cursor - offset > BEFORE) return null;
  if (text.slice(Math.max(0, offset - BEFORE), offset) !== before) return null;
  const closed = closedBehind(anchor, text, cursor);
  return closed === null ? null : { text: text.slice(offset, cursor), closed };
}

/** Brackets that the editor has closed stand before what was there; what was there may be typed over from its start. */
function closedBehind({ replaced, after }: Anchor, text: string, cursor: number): string | null {
  const { length: most } = autoClosed(text.slice(cursor, cursor + AFTER));
  for (let closed = 0; closed <= most; closed++) {
    for (let over = 0; over <= replaced.length; over++) {
      const end = cursor + closed + replaced.length - over;
      const stands = text.startsWith(replaced.slice(over), cursor + closed);
      if (stands && continuesWith(text, end, after)) return text.slice(cursor, end);
    }
  }
  return null;
}

/** At the end of a document, what follows is shorter than what is looked at. */
function continuesWith(text: string, from: number, after: string): boolean {
  return text.startsWith(after, from) && (after.length === AFTER || from + after.length === text.length);
}
