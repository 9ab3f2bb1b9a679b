/**
 * How much of the rest of the cursor's line a completion replaces, instead of ending at it: what an editor closed by
 * itself. In `foo(|)` the model writes `a, b);`, and the bracket that is there is the one that it wrote.
 *
 * Editors show a replacement inline when what is replaced can be read in the new text, in the same order.
 */
import type { Surroundings } from '../surroundings';
import { COMMENT, closersOf, isQuote, type Mark, scanPairs } from './pairs';

/** UTF-16 units that an editor leaves behind the cursor at most. */
const MAX_REST = 32;

/** Where a text is offered. What it replaces is no longer behind the cursor. */
export interface Place extends Surroundings {
  readonly replaced: string;
}

export function placeOf(text: string, around: Surroundings): Place {
  const length = replacedBy(text, around);
  const lineSuffix = around.lineSuffix.slice(length);
  return {
    ...around,
    suffix: around.suffix.slice(length),
    lineSuffix,
    midLine: lineSuffix.trim() !== '',
    replaced: around.lineSuffix.slice(0, length),
  };
}

/** UTF-16 units behind the cursor that `text` replaces; 0: it is inserted. */
export function replacedBy(
  text: string,
  { linePrefix, lineSuffix }: Pick<Surroundings, 'linePrefix' | 'lineSuffix'>,
): number {
  const rest = lineSuffix.trimEnd();
  if (rest.length > MAX_REST) return 0;
  const { closers } = scanPairs(rest);
  if (!onlyCloses(rest, closers) || !inTheSameString(linePrefix, closers)) return 0;

  const written = closersOf(text, closers);
  let behind = '';
  for (const [index, closer] of closers.entries()) {
    const own = written[index];
    if (own?.character !== closer.character) return 0;
    const replaced = closer.index + 1;
    const remaining = rest.slice(replaced).trim();
    behind = text.slice(own.index + 1);
    if (isApostrophe(own, behind) || !isWithin(rest.slice(0, replaced), text)) return 0;
    if (remaining === '') return goesOn(behind) ? replaced : 0;
    if (goesOnUpTo(remaining, behind)) return replaced;
  }
  const marks = rest.slice((closers.at(-1)?.index ?? 0) + 1).trim();
  return goesOn(behindMarks(behind, marks)) && isWithin(rest, text) ? rest.length : 0;
}

/** Besides what closes there are only the marks that a line of code ends with. */
function onlyCloses(rest: string, closers: readonly Mark[]): boolean {
  const others = [...rest].filter((each) => !/[\s;,]/.test(each));
  return others.length > 0 && others.join('') === closers.map(({ character }) => character).join('');
}

/** A quote behind the cursor ends a string only where one is open before it. */
function inTheSameString(linePrefix: string, closers: readonly Mark[]): boolean {
  const open = scanPairs(linePrefix).closers.map(({ character }) => character);
  return closers.every(({ character }) => !isQuote(character) || open.includes(character));
}

/** There is more to write behind all that is replaced; a string that it begins it must also end. */
function goesOn(behind: string): boolean {
  return behind.trim() !== '' && !scanPairs(behind).closers.some(({ character }) => isQuote(character));
}

/** There is something whole to write before what remains of the line. */
function goesOnUpTo(remaining: string, behind: string): boolean {
  const trimmed = behind.trimEnd();
  const between = trimmed.endsWith(remaining) ? trimmed.slice(0, -remaining.length) : trimmed;
  const { open, closers } = scanPairs(between);
  return between.trim() !== '' && open.length + closers.length === 0 && !COMMENT.test(between);
}

/** What stands behind the marks, such as `;`, that the line ends with; '' when not all of them are there. */
function behindMarks(behind: string, marks: string): string {
  const at = endOfPart(marks.replace(/\s/g, ''), behind);
  return at === null ? '' : behind.slice(at);
}

/** `it's` in a string does not end it. */
function isApostrophe({ character }: Mark, behind: string): boolean {
  return isQuote(character) && /^[\p{L}\p{N}_]/u.test(behind);
}

/** All characters of `part` are in `text`, in the same order. */
function isWithin(part: string, text: string): boolean {
  return endOfPart(part, text) !== null;
}

/** Where the last character of `part` ends in `text`, which has them all in the same order; null: it has not. */
function endOfPart(part: string, text: string): number | null {
  let at = 0;
  for (const character of part) {
    const found = text.indexOf(character, at);
    if (found < 0) return null;
    at = found + character.length;
  }
  return at;
}
