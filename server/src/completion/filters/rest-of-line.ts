/**
 * Ends the completion where it arrives at the text that follows the cursor on its line: in `foo(|)` the model may
 * well write `a, b)`, but the bracket is already there.
 */
import { closersOf, scanPairs } from './pairs';
import type { Place } from './replacement';

/** Units of following text that a completion does not contain by chance. */
const TELLING = 4;
/** Units of it that are compared with the end of a completion at most. */
const MAX_OVERLAP = 256;

export function cutRestOfLine(
  text: string,
  { midLine, lineSuffix, replaced }: Pick<Place, 'midLine' | 'lineSuffix' | 'replaced'>,
): string {
  if (!midLine) return text;
  const rest = lineSuffix.trim();
  const kept = cutWhatRestCloses(text, rest, replaced);
  return kept.slice(0, whereRestStarts(kept, rest));
}

/** What was opened before the cursor is closed once: by what follows, if that closes it and is not replaced. */
function cutWhatRestCloses(text: string, rest: string, replaced: string): string {
  const own = scanPairs(replaced).closers;
  const closer = closersOf(text, own)[own.length];
  return closer !== undefined && closer.character === scanPairs(rest).closers[0]?.character
    ? text.slice(0, closer.index)
    : text;
}

/** Index at which the text begins to repeat `rest`, up to its own end or all of it; its length if it does not. */
function whereRestStarts(text: string, rest: string): number {
  const overlap = Math.min(rest.length, MAX_OVERLAP);
  for (let at = Math.max(0, text.length - overlap); at < text.length; at++) {
    if (rest.startsWith(text.slice(at)) && mayCut(text, at)) return at;
  }
  const at = rest.length < TELLING ? -1 : text.indexOf(rest);
  return at >= 0 && mayCut(text, at) ? at : text.length;
}

/** Not inside a word, and what the completion opened before the cut it must not close after it. */
function mayCut(text: string, at: number): boolean {
  const kept = text.slice(0, at);
  const insideWord = /[\p{L}\p{N}_]$/u.test(kept) && /^[\p{L}\p{N}_]/u.test(text.slice(at));
  return !insideWord && scanPairs(kept).open.length <= scanPairs(text).open.length;
}
