/**
 * What is around the cursor: a window of the document, so that no rule ever walks through all of a large file.
 * Line ends in it are `\n`, whatever the document has.
 */
import type { CompletionRequest } from './index';

/** How far to look, in UTF-16 units before and after the cursor. */
export interface Windows {
  readonly before: number;
  readonly after: number;
}

export interface Surroundings {
  /** Up to the cursor, with the selected entry of the suggestion list as if it were accepted. */
  readonly prefix: string;
  readonly suffix: string;
  /** The cursor's line, up to the cursor and from it on. */
  readonly linePrefix: string;
  readonly lineSuffix: string;
  /** Code follows on the cursor's line, so only this line is completed. */
  readonly midLine: boolean;
  /** The nearest line above that is not blank; null when there is none. */
  readonly lineAbove: string | null;
  /** The next two lines below that are not blank, or fewer. */
  readonly linesBelow: readonly string[];
  /** How the document ends its lines. */
  readonly eol: '\n' | '\r\n';
}

/** The surroundings of the cursor, or in words why there can be none. */
export function look(
  { text, offset, selected }: Pick<CompletionRequest, 'text' | 'offset' | 'selected'>,
  { before, after }: Windows,
): Surroundings | string {
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= text.length)) {
    return 'the cursor is outside the document';
  }
  if (splits(text, offset)) return 'the cursor is inside a character';

  let typed = windowBefore(text, offset, before);
  if (selected !== undefined) {
    const replaced = text.slice(selected.start, offset);
    if (
      selected.start < 0 ||
      selected.start > offset ||
      replaced.includes('\n') ||
      !typed.endsWith(replaced)
    ) {
      return 'the selected entry does not end at the cursor';
    }
    typed = typed.slice(0, typed.length - replaced.length) + selected.text;
  }
  const prefix = unix(typed);
  const suffix = unix(windowAfter(text, offset, after));
  const linePrefix = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const lineEnd = suffix.indexOf('\n');
  const lineSuffix = lineEnd < 0 ? suffix : suffix.slice(0, lineEnd);
  return {
    prefix,
    suffix,
    linePrefix,
    lineSuffix,
    midLine: lineSuffix.trim() !== '',
    lineAbove: lastLine(prefix.slice(0, prefix.length - linePrefix.length)),
    linesBelow: lineEnd < 0 ? [] : firstLines(suffix.slice(lineEnd + 1), 2),
    eol: text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n',
  };
}

/**
 * The window begins at a step, not at a fixed distance from the cursor: while somebody types, the prompt keeps its
 * beginning, and the engine its KV cache. So it is up to this much longer than asked for.
 */
const WINDOW_STEP = 1 / 4;

function windowBefore(text: string, offset: number, length: number): string {
  const step = Math.max(1, Math.floor(length * WINDOW_STEP));
  const start = Math.floor(Math.max(0, offset - length) / step) * step;
  return text.slice(splits(text, start) ? start + 1 : start, offset);
}

function windowAfter(text: string, offset: number, length: number): string {
  const end = Math.min(text.length, offset + length);
  return text.slice(offset, splits(text, end) ? end - 1 : end);
}

/** Whether `at` lies between the halves of a surrogate pair, or of a `\r\n`. */
function splits(text: string, at: number): boolean {
  return /^(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|\r\n)$/.test(text.slice(Math.max(0, at - 1), at + 1));
}

function unix(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function lastLine(text: string): string | null {
  const trimmed = text.trimEnd();
  return trimmed === '' ? null : trimmed.slice(trimmed.lastIndexOf('\n') + 1);
}

function firstLines(text: string, count: number): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, count);
}
