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
  /** From the offset on back, and from the cursor on. They differ in place where the suggestion replaces something. */
  readonly before: string;
  readonly after: string;
}

export interface Typed {
  /** What was typed since, up to the cursor. */
  readonly text: string;
  /** What the editor has closed meanwhile: it stands behind the cursor, before what stood there. */
  readonly closed: string;
}

/** @param offset where the place begins; the cursor, unless something before it is replaced. */
export function anchorAt(text: string, cursor: number, offset = cursor): Anchor {
  return {
    offset,
    before: text.slice(Math.max(0, offset - BEFORE), offset),
    after: text.slice(cursor, cursor + AFTER),
  };
}

/** What was typed between the place and the cursor; null: it is another place now. */
export function typedSince(anchor: Anchor, text: string, cursor: number): Typed | null {
  const { offset, before, after } = anchor;
  if (cursor < offset || cursor - offset > BEFORE) return null;
  if (text.slice(Math.max(0, offset - BEFORE), offset) !== before) return null;
  const typed = text.slice(offset, cursor);
  if (continuesWith(text, cursor, after)) return { text: typed, closed: '' };
  const closed = autoClosed(text.slice(cursor, cursor + AFTER));
  for (let length = 1; length <= closed.length; length++)
    if (continuesWith(text, cursor + length, after)) return { text: typed, closed: closed.slice(0, length) };
  return null;
}

/** At the end of a document, what follows is shorter than what is looked at. */
function continuesWith(text: string, from: number, after: string): boolean {
  return text.startsWith(after, from) && (after.length === AFTER || from + after.length === text.length);
}
