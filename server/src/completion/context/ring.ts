/**
 * The pieces of interest, oldest first: at most 16, no two of the same lines. What is in it stays where it is, for the
 * engine's KV cache holds the beginning of a prompt only while nothing in it moves.
 */
import type { ContextChunk } from './index';
import { type LineSet, lineSet, similarity } from './similarity';

/** A piece, and the document that it is of. */
export interface RingChunk extends ContextChunk {
  readonly uri: string;
}

/** A piece in the ring, with what it is compared by. */
export interface HeldChunk {
  readonly chunk: RingChunk;
  readonly lines: LineSet;
}

export interface Ring {
  /** Puts a piece at the end. An older one of the same lines goes; what is there already stays as it is. */
  add(chunk: RingChunk): void;
  /** Takes out all pieces of a document. */
  drop(uri: string): void;
  held(): readonly HeldChunk[];
}

export const MAX_CHUNKS = 16;
/** So many of the oldest go at once: with each that goes, the whole prompt is evaluated anew. */
const EVICTION_STEP = 4;
/** Pieces that are more alike are one piece. */
const NEAR_DUPLICATE = 0.8;

export function createRing(): Ring {
  let held: readonly HeldChunk[] = [];

  function add(chunk: RingChunk): void {
    if (held.some(({ chunk: old }) => old.uri === chunk.uri && old.text.includes(chunk.text))) return;
    const lines = lineSet(chunk.text);
    const others = held.filter(
      (old) =>
        !touches(old.chunk, chunk.uri, chunk.line, endOf(chunk)) &&
        similarity(old.lines, lines) < NEAR_DUPLICATE,
    );
    const room = others.length < MAX_CHUNKS ? others : others.slice(EVICTION_STEP);
    held = [...room, { chunk, lines }];
  }

  return {
    add,
    drop(uri) {
      held = held.filter(({ chunk }) => chunk.uri !== uri);
    },
    held: () => held,
  };
}

/** Whether a piece has lines from `from` to `to` of a document. */
export function touches(chunk: RingChunk, uri: string, from: number, to: number): boolean {
  return chunk.uri === uri && chunk.line < to && from < endOf(chunk);
}

function endOf({ line, text }: RingChunk): number {
  return line + text.split('\n').length - 1;
}
