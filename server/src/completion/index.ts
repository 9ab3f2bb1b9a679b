/**
 * Completion: from the text around a cursor to one suggestion, or to the reason why there is none.
 *
 * It composes fill-in-the-middle prompts, waits for the typist to pause, remembers what was offered, stops the model
 * as soon as it has said enough, and filters what would be of no use. The rules are in `docs/completion.md`.
 *
 * Pure but for the model, the clock and the parser, which are handed in: no sockets, no editor, no tokenizer, no time
 * of its own.
 */
import type {
  CompletionSource,
  Explanation,
  FimSegment,
  FimTokens,
  GeneratePriority,
  GenerationStats,
} from '#protocol';
import type { PromptContext } from './context';
import type { JobRequest } from './job';
import type { EditKind } from './refusals';

export { createCompleter } from './completer';
export type { ContextChunk, ContextOrigin, Piece, PromptContext, SymbolPosition } from './context';
export {
  createRepositoryContext,
  cutChunk,
  importedSymbols,
  looksSecret,
  pieceOf,
} from './context';
export type { Grammar, Syntax } from './grammar';
export { createMeasures, type Measures } from './measures';
export { budget, fimPrompt, fitting } from './prompt';
export type { EditKind } from './refusals';

/** What completion needs of a placed model; handed in by the host. */
export interface CompletionModel {
  /** Changes when the model does: what one model wrote is never offered in the name of another. */
  readonly key: string;
  readonly name: string;
  /** null: the model cannot fill in the middle, and is never asked. */
  readonly fim: FimTokens | null;
  /** Tokens of one sequence: prompt and completion together. */
  readonly contextSize: number;
  /** Tokens that one decode call evaluates at most. */
  readonly batchSize: number;
  /** Streams text as it is written. Ends early, with or without an error, once `signal` aborts. */
  generate(request: GenerateRequest): AsyncIterable<string>;
}

export interface GenerateRequest {
  readonly prompt: FimSegment[];
  /** Tokens to write at most; 0: only the KV cache is filled. */
  readonly maxTokens: number;
  readonly temperature: number;
  /** What a temperature above 0 draws with; the same seed draws the same. */
  readonly seed: number;
  /** Idle work gives way to whatever a user waits for. */
  readonly priority: GeneratePriority;
  /** Requests of one affinity are best decoded in one sequence: most of their prompt is the same. */
  readonly affinity: string;
  readonly signal: AbortSignal;
  /** Called at most once, when the engine has stopped working on it, also after an abort. */
  onCost(stats: GenerationStats): void;
}

export interface Clock {
  /** ms, from any moment on. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  delay(ms: number, signal: AbortSignal): Promise<void>;
}

export interface CompletionRequest {
  /** One request is in flight per document: a newer one supersedes it. */
  readonly uri: string;
  readonly languageId: string;
  /** The whole document. */
  readonly text: string;
  /** The cursor, in UTF-16 units from the start of the document. */
  readonly offset: number;
  /** What the model is told of the rest of the workspace. */
  readonly context: PromptContext;
  /** The user asked for it: no debounce, alternatives, and words may be completed from their middle. */
  readonly explicit: boolean;
  /** ms of silence before the model is asked; null: as typist and model want it. */
  readonly debounce: number | null;
  /** Tokens that the completion may have. */
  readonly maxTokens: number;
  /** The entry that the editor's suggestion list has selected: it would replace `start` to the cursor. */
  readonly selected?: { readonly start: number; readonly text: string };
  readonly signal: AbortSignal;
}

/** Replace `start` to `end` (UTF-16 offsets, both on the cursor's line) with `insertText`. */
export interface Suggestion {
  /** Stays while the suggestion is typed along. */
  readonly id: number;
  readonly insertText: string;
  readonly start: number;
  readonly end: number;
}

export type Outcome =
  | {
      readonly kind: 'suggestion';
      readonly suggestion: Suggestion;
      /** For somebody who asked for it. */
      readonly alternatives: readonly Suggestion[];
      readonly source: CompletionSource;
    }
  /** `reason` answers "why is there no completion here?" in words. */
  | { readonly kind: 'none'; readonly reason: string };

/** Of one window: what it shows, and how it is typed in. */
export interface Completer {
  /** Never rejects: whatever goes wrong is a reason. */
  complete(request: CompletionRequest, model: CompletionModel): Promise<Outcome>;
  /** The document is this now: what was being written for it may be of no use any more. */
  edited(uri: string, text: string, kind: EditKind): void;
  /** A suggestion was taken. */
  accepted(): void;
  /** Everything about one completion, or in words why there can be none. Rejects when the engine fails. */
  explain(
    request: JobRequest & { readonly signal: AbortSignal },
    model: CompletionModel,
  ): Promise<Explanation | string>;
  /** Prepares the engine for the next key at a place. Never rejects. */
  warm(request: JobRequest & { readonly signal: AbortSignal }, model: CompletionModel): Promise<void>;
  /** The document was closed: ends what is in flight for it. */
  forget(uri: string): void;
}
