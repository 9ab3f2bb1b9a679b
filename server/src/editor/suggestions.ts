/** What is asked about a place of a document, and what is offered there, however the editor says it. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import * as z from 'zod';
import type { Suggestion } from '../completion';

export const positionSchema = z.object({
  line: z.number().int().nonnegative(),
  character: z.number().int().nonnegative(),
});

export interface Asked {
  readonly uri: string;
  readonly position: z.infer<typeof positionSchema>;
  /** The user has asked for it, and did not just type. */
  readonly explicit: boolean;
  /** The entry of the editor's suggestion list that is selected. */
  readonly selected?: { readonly start: z.infer<typeof positionSchema>; readonly text: string } | undefined;
}

/** In `document`; the best one first. */
export interface Offered {
  readonly document: TextDocument;
  readonly suggestions: readonly Suggestion[];
}

/** Answers null where there is none; the log says why. */
export type Ask = (asked: Asked, signal: AbortSignal) => Promise<Offered | null>;
