/** About completions, beyond what LSP says: how one came about, why there was none, that one was taken. */
import * as z from 'zod';
import { explanationSchema } from '../completion';
import { documentUri, lineNumber } from './place-in-document';

export const explainRequest = {
  method: 'vramesh/explain',
  kind: 'request',
  direction: 'editor to host',
  description:
    'How the completion at a place of an open document comes about: always asks the engine. Fails where there can be none.',
  params: z.object({
    textDocument: z.object({ uri: z.string() }),
    position: z.object({ line: z.number().int().nonnegative(), character: z.number().int().nonnegative() }),
  }),
  result: z.object({ explanation: explanationSchema }),
} as const;

export const whyNoCompletionRequest = {
  method: 'vramesh/whyNoCompletion',
  kind: 'request',
  direction: 'editor to host',
  description:
    'What came of the last request for a completion at a place of an open document. Asks no model.',
  params: z.object({
    textDocument: z.object({ uri: documentUri }),
    position: z.object({ line: lineNumber, character: lineNumber.describe('UTF-16 units, from 0') }),
  }),
  result: z.object({
    outcome: z
      .enum(['off', 'none', 'offered', 'unasked'])
      .describe(
        'off: there is none anywhere in this document; unasked: the last request for it was for another place, or ' +
          'there was none',
      ),
    reason: z.string().nullable().describe('why there was none, or why there never is'),
  }),
} as const;

/** `workspace/executeCommand`, which inline completion items carry: the suggestion was taken. Its argument is the item's id. */
export const acceptedCommand = 'vramesh.completionAccepted';
