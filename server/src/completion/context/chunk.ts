/** Cuts a piece of a few lines out of a document. What is no code to learn from is not cut: minified, binary, blank. */
import { hasWord, isBlank } from '../lines';

/** What is needed of a document; the editor's documents have it. */
export interface DocumentLines {
  readonly uri: string;
  readonly lineCount: number;
  /** All of it, or lines and UTF-16 units from 0. */
  getText(range?: {
    start: { line: number; character: number };
    end: { line: number; character: number };
  }): string;
}

export interface Piece {
  /** The line that it starts at, from 0. */
  readonly line: number;
  /** Whole lines, with `\n`. */
  readonly text: string;
}

export const CHUNK_LINES = 64;
/** Pieces begin at multiples of it: who scrolls a little is still at the same piece. */
const CHUNK_STEP = 32;
/** Larger documents are data or made by a program; to find their lines would stop the host for a moment. */
const MAX_DOCUMENT_CHARACTERS = 1024 * 1024;
/** UTF-16 units. */
const MAX_CHARACTERS = 4096;
const MAX_LINE_CHARACTERS = 400;
/** What has fewer lines to read teaches nothing. */
const MIN_LINES = 3;

/** The piece around a line; null when there is nothing in it for a prompt. */
export function cutChunk(document: DocumentLines, line: number): Piece | null {
  if (document.getText().length > MAX_DOCUMENT_CHARACTERS) return null;
  const start = chunkStart(Math.min(line, document.lineCount - 1));
  const piece = pieceOf(textOf(document, start, start + CHUNK_LINES), start, line);
  return piece && piece.text.split('\n').filter(hasWord).length >= MIN_LINES ? piece : null;
}

/** The line at which the piece around a line starts. */
function chunkStart(line: number): number {
  return Math.floor(Math.max(0, line - CHUNK_LINES / 2) / CHUNK_STEP) * CHUNK_STEP;
}

/** Lines `from` (inclusive) to `to` (exclusive), as far as there are such lines. */
export function textOf(document: DocumentLines, from: number, to: number): string {
  return document.getText({ start: { line: from, character: 0 }, end: { line: to, character: 0 } });
}

/**
 * The text, which starts at line `start` of its document, within the limits: what is too much goes from the end that
 * is farther from `focus`. null when nothing is left, or when it is not code that somebody wrote.
 */
export function pieceOf(text: string, start: number, focus = start): Piece | null {
  if (text.length > CHUNK_LINES * (MAX_LINE_CHARACTERS + 2) || text.includes('\0')) return null;
  const lines = text.split(/\r\n?|\n/).slice(0, CHUNK_LINES);
  if (lines.some((line) => line.length > MAX_LINE_CHARACTERS)) return null;

  let from = 0;
  let to = lines.length;
  let characters = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const blankAt = (at: number) => isBlank(lines[at] ?? '');
  while (from < to && (characters > MAX_CHARACTERS || blankAt(from) || blankAt(to - 1))) {
    const fromEnd = blankAt(to - 1) || (!blankAt(from) && start + to - focus > focus - start - from);
    characters -= (lines[fromEnd ? to - 1 : from] ?? '').length + 1;
    if (fromEnd) to -= 1;
    else from += 1;
  }
  const kept = lines.slice(from, to);
  // Joined, so that it is a string of its own: a slice would keep the whole document in memory.
  return kept.some(hasWord) ? { line: start + from, text: `${kept.join('\n')}\n` } : null;
}
