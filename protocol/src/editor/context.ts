/** What prompts are told beside the document: where the user was, and what symbols are. */
import * as z from 'zod';
import { documentUri, lineNumber } from './place-in-document';

export const visitedNotification = {
  method: 'vramesh/visited',
  kind: 'notification',
  direction: 'editor to host',
  description:
    'Where the user is in an open document, once they have stayed there for a moment, or what they have copied. ' +
    'What stands around the line may enter prompts. Of many at once only the last ones count.',
  params: z.object({
    uri: documentUri,
    line: lineNumber,
    how: z.enum(['visited', 'copied']),
  }),
} as const;

export const definitionSchema = z
  .object({
    uri: documentUri,
    line: lineNumber.describe('that `text` starts at, from 0'),
    text: z.string().max(8192).describe('whole lines, the definition first'),
  })
  .meta({ title: 'Definition', description: 'Where a symbol is defined, and what stands there.' });
export type Definition = z.infer<typeof definitionSchema>;

export const definitionsRequest = {
  method: 'vramesh/definitions',
  kind: 'request',
  direction: 'host to editor',
  description:
    'What the symbols at some places of a document are, as the language services of the editor say. Asked while ' +
    'nobody types, and only of clients that said `definitions` in the handshake. Whatever is not known within ' +
    '100 ms is left out; an answer after a second is not waited for.',
  params: z.object({
    uri: documentUri,
    positions: z
      .array(z.object({ line: lineNumber, character: lineNumber.describe('UTF-16 units, from 0') }))
      .max(8),
  }),
  result: z.object({ definitions: z.array(definitionSchema).max(8) }),
} as const;
