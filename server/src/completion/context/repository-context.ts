/**
 * From the ring to what a prompt begins with. Pieces are collected at any time; what completion sees of them changes
 * only in `settle`, and between two of them a document gets the very same context.
 */
import { LRUCache } from 'lru-cache';
import { type DocumentLines, textOf } from './chunk';
import type { PromptContext } from './index';
import { createPace } from './pace';
import { createRing, type HeldChunk, type RingChunk, touches } from './ring';
import { lineSet, shareIn } from './similarity';
import { versionOf } from './version';

/** Lines around the cursor that the prompt has anyway. */
const LINES_BEFORE = 128;
const LINES_AFTER = 64;
/** A piece of which more stands around the cursor says nothing new. */
const KNOWN_SHARE = 0.5;
/** UTF-16 units of the surroundings that are compared. */
const MAX_COMPARED = 64 * 1024;
/** Documents whose context is remembered until the next `settle`. */
const MAX_DOCUMENTS = 64;

/** Where completion was asked for. */
export interface CursorPlace {
  readonly document: DocumentLines;
  readonly line: number;
  /** As in `PromptContext`. */
  readonly path: string;
  readonly repository: string | null;
  /** The document is completed from itself alone: git ignores it, or nobody has looked yet. */
  readonly alone: boolean;
}

export interface RepositoryContext {
  /** Collects a piece. It is seen after the next `settle`. */
  add(chunk: RingChunk): void;
  /** Takes out what was collected of a document. It is seen until the next `settle`. */
  drop(uri: string): void;
  /** The documents that pieces are of. */
  uris(): ReadonlySet<string>;
  /** Somebody types: nothing changes now. */
  typed(now: number): void;
  /** ms until `settle` does anything, if nobody types; 0: it would now. */
  settlesIn(now: number): number;
  /** Lets completion see what was collected. Does nothing, and says so, while somebody types. */
  settle(now: number): boolean;
  compose(place: CursorPlace): PromptContext;
}

export function createRepositoryContext(): RepositoryContext {
  const ring = createRing();
  const pace = createPace();
  let settled: readonly HeldChunk[] = [];
  /** Counts the calls of `settle`. */
  let epoch = 0;
  const composed = new LRUCache<string, { readonly epoch: number; readonly context: PromptContext }>({
    max: MAX_DOCUMENTS,
  });

  function settle(now: number): boolean {
    if (pace.wait(now) > 0) return false;
    settled = ring.held();
    epoch += 1;
    pace.changed(now);
    return true;
  }

  function compose(place: CursorPlace): PromptContext {
    const { uri } = place.document;
    const last = composed.get(uri);
    if (last?.epoch === epoch) return last.context;
    const { repository, path, alone } = place;
    const content = { repository, path, chunks: alone ? [] : newsFor(settled, place) };
    const version = versionOf(content);
    const context = last?.context.version === version ? last.context : { version, ...content };
    composed.set(uri, { epoch, context });
    return context;
  }

  return {
    add: ring.add,
    drop: ring.drop,
    uris: () => new Set(ring.held().map(({ chunk }) => chunk.uri)),
    typed: pace.typed,
    settlesIn: pace.wait,
    settle,
    compose,
  };
}

/** The pieces that say something which does not stand around the cursor. */
function newsFor(held: readonly HeldChunk[], { document, line }: CursorPlace): RingChunk[] {
  const from = Math.max(0, line - LINES_BEFORE);
  const to = line + LINES_AFTER;
  const surroundings = textOf(document, from, to);
  const known = lineSet(surroundings.length > MAX_COMPARED ? '' : surroundings.replace(/\r\n?/g, '\n'));
  return held
    .filter(
      ({ chunk, lines }) => !touches(chunk, document.uri, from, to) && shareIn(lines, known) <= KNOWN_SHARE,
    )
    .map(({ chunk }) => chunk);
}
