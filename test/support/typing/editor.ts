/**
 * A document with a cursor, and what keys do to it in VS Code as it comes: brackets and quotes are closed and typed over,
 * a new line is indented, Backspace takes an empty pair or a step of indentation at once.
 */

export interface Document {
  readonly text: string;
  /** UTF-16 units from the start. */
  readonly cursor: number;
  /** Offsets of brackets and quotes that were closed by the editor and not typed over yet. */
  readonly closers: readonly number[];
}

/** Replaces what is between two offsets. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Pressed {
  readonly document: Document;
  /** null: the key has only moved the cursor, or done nothing. */
  readonly change: Change | null;
}

const PAIRS: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '"': '"',
  "'": "'",
  '`': '`',
};
/** Before these and white space the editor closes brackets. */
const BEFORE_CLOSING = /^[\s;:.,=}\])>'"`]/;

/** @param languageId decides only whether a colon opens a block, and whether tabs indent. */
export function press(document: Document, key: string, languageId: string): Pressed {
  const move = moves[key];
  if (move !== undefined) return { document: { ...document, cursor: move(document) }, change: null };
  if (key === 'Enter') return enter(document, languageId);
  if (key === 'Backspace') return backspace(document, unitOf(languageId));
  return type(document, key);
}

/** What is left of the document after a change; the cursor stands behind the new text, or so many units before its end. */
export function applyChange(document: Document, change: Change, cursorBack = 0): Document {
  const { text, closers } = document;
  const end = change.start + change.text.length;
  const grown = change.text.length - (change.end - change.start);
  return {
    text: text.slice(0, change.start) + change.text + text.slice(change.end),
    cursor: end - cursorBack,
    closers: closers.flatMap((at) => {
      if (at < change.start) return [at];
      return at >= change.end ? [at + grown] : [];
    }),
  };
}

/** Counts lines and UTF-16 units from 0, as LSP does. */
export function positionAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split(/\r\n|\n/);
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

const moves: Readonly<Record<string, (document: Document) => number>> = {
  Left: ({ text, cursor }) => Math.max(0, cursor - (text.slice(0, cursor).endsWith('\r\n') ? 2 : 1)),
  Right: ({ text, cursor }) => Math.min(text.length, cursor + (text.startsWith('\r\n', cursor) ? 2 : 1)),
  Home: ({ text, cursor }) => lineStart(text, cursor),
  End: ({ text, cursor }) => lineEnd(text, cursor),
  Up: (document) => sameColumn(document, lineStart(document.text, document.cursor) - 1),
  Down: (document) => sameColumn(document, lineBelow(document.text, document.cursor)),
};

/** Where the cursor stands on the line that has this offset; it stays where there is no such line. */
function sameColumn({ text, cursor }: Document, offset: number): number {
  if (offset < 0) return cursor;
  const column = cursor - lineStart(text, cursor);
  return Math.min(lineStart(text, offset) + column, lineEnd(text, offset));
}

/** Where the next line starts; -1: this is the last one. */
function lineBelow(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? -1 : end + 1;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

function unitOf(languageId: string): string {
  if (languageId === 'go') return '\t';
  return languageId === 'python' ? '    ' : '  ';
}

function enter(document: Document, languageId: string): Pressed {
  const { text, cursor } = document;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const line = text.slice(lineStart(text, cursor), cursor);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  // The white space of a line that stays empty goes.
  const start = line.trim() === '' && cursor === lineEnd(text, cursor) ? cursor - line.length : cursor;
  const last = line.trimEnd().at(-1) ?? '';
  const opens = '([{'.includes(last) && last !== '';
  const deeper = opens || (languageId === 'python' && last === ':') ? indent + unitOf(languageId) : indent;
  const back = opens && text[cursor] === PAIRS[last] ? eol + indent : '';
  const change = { start, end: cursor, text: eol + deeper + back };
  return { document: applyChange(document, change, back.length), change };
}

function backspace(document: Document, unit: string): Pressed {
  const { text, cursor, closers } = document;
  if (cursor === 0) return { document, change: null };
  const line = text.slice(lineStart(text, cursor), cursor);
  const before = text[cursor - 1] ?? '';
  let count = 1;
  if (line.length > 0 && /^ +$/.test(line)) count = ((line.length - 1) % unit.length) + 1;
  else if (text.slice(0, cursor).endsWith('\r\n')) count = 2;
  const pair = closers.includes(cursor) && text[cursor] === PAIRS[before] ? 1 : 0;
  const change = { start: cursor - count, end: cursor + pair, text: '' };
  return { document: applyChange(document, change), change };
}

function type(document: Document, key: string): Pressed {
  const { text, cursor, closers } = document;
  if (text[cursor] === key && closers.includes(cursor)) {
    // Typing over replaces the bracket by itself.
    const change = { start: cursor, end: cursor + 1, text: key };
    return { document: applyChange(document, change), change };
  }
  const closer = closerOf(text, cursor, key);
  const change = { start: cursor, end: cursor, text: key + closer };
  const after = applyChange(document, change, closer.length);
  return {
    document: closer === '' ? after : { ...after, closers: [...after.closers, after.cursor] },
    change,
  };
}

function closerOf(text: string, cursor: number, key: string): string {
  const closer = PAIRS[key] ?? '';
  const next = text.slice(cursor, cursor + 1);
  if (closer === '' || (next !== '' && !BEFORE_CLOSING.test(next))) return '';
  const isQuote = closer === key;
  return isQuote && /[\p{L}\p{N}_'"`]$/u.test(text.slice(0, cursor)) ? '' : closer;
}
