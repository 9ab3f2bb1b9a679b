/**
 * What the model is told of the rest of the workspace: pieces of other files, in an order that lasts.
 * Pure: documents and the time are handed in.
 */

export type { DocumentLines, Piece } from './chunk';
export { cutChunk, pieceOf } from './chunk';
export { importedSymbols, type SymbolPosition } from './imported-symbols';
export {
  type CursorPlace,
  createRepositoryContext,
  type RepositoryContext,
} from './repository-context';
export type { RingChunk } from './ring';
export { looksSecret } from './secret-name';

/** How a piece came to be of interest. */
export type ContextOrigin = 'opened' | 'visited' | 'edited' | 'saved' | 'copied' | 'definition';

export interface ContextChunk {
  /** Relative to its workspace folder, with `/`; the file name where there is none. */
  readonly path: string;
  /** The line that it starts at, from 0. */
  readonly line: number;
  /** Whole lines, with `\n`. */
  readonly text: string;
  readonly origin: ContextOrigin;
}

/** What stands in a prompt before the document itself. It changes only while nobody types. */
export interface PromptContext {
  /** Changes whenever anything below does; the same content has the same version, in every window. */
  readonly version: number;
  /** Name of the workspace folder; null: none is open. */
  readonly repository: string | null;
  /** Of the document that is completed, as in `ContextChunk`. */
  readonly path: string;
  /** In the order in which the prompt has them: what stays longest comes first. */
  readonly chunks: readonly ContextChunk[];
}
