/** What came of the last request for a completion, a document: for "Why No Completion Here?". */
import type * as z from 'zod';
import type { whyNoCompletionRequest } from '#protocol';

export type WhyNoCompletion = z.output<typeof whyNoCompletionRequest.result>;

interface Position {
  readonly line: number;
  readonly character: number;
}

export interface LastOutcomes {
  /** `reason`: why there was none; `null`: one was offered. */
  remember(uri: string, position: Position, reason: string | null): void;
  at(uri: string, position: Position): WhyNoCompletion;
  forget(uri: string): void;
}

export function createLastOutcomes(): LastOutcomes {
  const byDocument = new Map<string, Position & { readonly reason: string | null }>();
  return {
    remember: (uri, { line, character }, reason) => byDocument.set(uri, { line, character, reason }),
    at(uri, { line, character }) {
      const last = byDocument.get(uri);
      if (last?.line !== line || last.character !== character) return { outcome: 'unasked', reason: null };
      return { outcome: last.reason === null ? 'offered' : 'none', reason: last.reason };
    },
    forget: (uri) => byDocument.delete(uri),
  };
}
