/**
 * What a window's prompts are told of its workspace. It collects where the user was at once; while nobody types it
 * looks at what was there, leaves private files out, and lets completion see the rest.
 */
import { LRUCache } from 'lru-cache';
import type { TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type ContextOrigin,
  createRepositoryContext,
  cutChunk,
  type PromptContext,
  pieceOf,
} from '../completion';
import type { PrivateFiles } from '../private-files';
import type { FoundDefinitions } from './definitions';
import { createPlaces } from './places';
import type { WorkspaceFolders } from './workspace-folders';

export interface ContextSource {
  /** The very same object, until the context settles anew. */
  contextFor(document: TextDocument, offset: number): PromptContext;
  /** Calls when the place where the user is has another context than before: the KV cache can be warmed now. */
  onSettled(listener: (settled: Settled) => void): void;
  /** A place is of interest; ignored unless its document is open. */
  note(uri: string, line: number, origin: ContextOrigin): void;
  /** The user types: nothing changes now. */
  typed(): void;
  closed(document: TextDocument): void;
  end(): void;
}

export interface Settled {
  readonly document: TextDocument;
  readonly offset: number;
  readonly context: PromptContext;
}

export interface ContextParts {
  readonly documents: Pick<TextDocuments<TextDocument>, 'get'>;
  readonly folders: Pick<WorkspaceFolders, 'pathOf' | 'repositoryOf'>;
  readonly privateFiles: Pick<PrivateFiles, 'mayEnter'>;
  /** What imported symbols near a line are. Never rejects. */
  definitionsNear(document: TextDocument, line: number): Promise<FoundDefinitions>;
  /** ms of a clock that never goes back. */
  now(): number;
  /** Something went wrong that nobody has thought of. The context stays as it was. */
  onProblem(error: unknown): void;
}

/** Documents of which it is remembered whether they may be shown to others. */
const MAX_DOCUMENTS = 256;

export function createContextSource(parts: ContextParts): ContextSource {
  const { documents, folders, privateFiles, definitionsNear, now, onProblem } = parts;
  const context = createRepositoryContext();
  const places = createPlaces();
  const shown = new LRUCache<string, boolean>({ max: MAX_DOCUMENTS });
  const listeners: ((settled: Settled) => void)[] = [];
  let cursor: { readonly uri: string; readonly offset: number } | null = null;
  let toldVersion: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isSettling = false;
  let hasEnded = false;

  /** Sees to it that the context settles, when nobody types any more. */
  function settleSoon(): void {
    if (timer !== undefined || isSettling || hasEnded) return;
    timer = setTimeout(() => {
      timer = undefined;
      settle().catch(onProblem);
    }, context.settlesIn(now()));
  }

  async function settle(): Promise<void> {
    if (context.settlesIn(now()) > 0) return settleSoon();
    isSettling = true;
    let isPartial = false;
    try {
      isPartial = await collect();
    } finally {
      isSettling = false;
    }
    // Somebody may have typed meanwhile.
    if (hasEnded || !context.settle(now())) return settleSoon();
    tell();
    if (isPartial || !places.isEmpty()) settleSoon();
  }

  /** Whether there is more to come by itself. */
  async function collect(): Promise<boolean> {
    // All at once, for a document may be closed while another one is looked at.
    const pieces = places.take().map(({ uri, line, origin, closed }) => {
      const document = documents.get(uri);
      return { uri, origin, piece: closed ?? (document ? cutChunk(document, line) : null) };
    });
    for (const { uri, origin, piece } of pieces) {
      const isShown = piece !== null && (await mayEnter(uri));
      if (isShown) context.add({ uri, path: folders.pathOf(uri), ...piece, origin });
    }
    const here = cursor && documents.get(cursor.uri);
    let isPartial = false;
    if (cursor && here && (await mayEnter(here.uri))) {
      const found = await definitionsNear(here, here.positionAt(cursor.offset).line);
      isPartial = found.isPartial;
      for (const { uri, line, text } of found.definitions) {
        const piece = pieceOf(text, line);
        const isShown = piece !== null && (await mayEnter(uri));
        if (isShown) context.add({ uri, path: folders.pathOf(uri), ...piece, origin: 'definition' });
      }
    }
    // What was open to all may have become private since.
    for (const uri of context.uris()) if (!(await mayEnter(uri))) context.drop(uri);
    return isPartial;
  }

  async function mayEnter(uri: string): Promise<boolean> {
    const answer = await privateFiles.mayEnter(uri);
    shown.set(uri, answer);
    return answer;
  }

  function tell(): void {
    const document = cursor && documents.get(cursor.uri);
    if (!cursor || !document) return;
    const settled = { document, offset: cursor.offset, context: compose(document, cursor.offset) };
    if (settled.context.version === toldVersion) return;
    toldVersion = settled.context.version;
    for (const listener of listeners) listener(settled);
  }

  function compose(document: TextDocument, offset: number): PromptContext {
    const { uri } = document;
    return context.compose({
      document,
      line: document.positionAt(offset).line,
      path: folders.pathOf(uri),
      repository: folders.repositoryOf(uri),
      alone: shown.get(uri) !== true,
    });
  }

  return {
    contextFor(document, offset) {
      cursor = { uri: document.uri, offset };
      settleSoon();
      return compose(document, offset);
    },
    onSettled: (listener) => void listeners.push(listener),
    note(uri, line, origin) {
      const document = documents.get(uri);
      if (!document) return;
      if (origin === 'visited') cursor = { uri, offset: document.offsetAt({ line, character: 0 }) };
      places.note({ uri, line, origin });
      settleSoon();
    },
    typed: () => context.typed(now()),
    closed: places.close,
    end() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}
