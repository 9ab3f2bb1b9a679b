/** Sessions of keys with their times, in test/fixtures/traces. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

/**
 * A character, or a key by its name: Enter, Backspace, Left, Right, Up, Down, Home, End; Tab: accept what is offered,
 * Trigger: ask for a completion, Save.
 */
const keySchema = z.union([
  z.string().regex(/^.$/u),
  z.enum(['Enter', 'Backspace', 'Left', 'Right', 'Up', 'Down', 'Home', 'End', 'Tab', 'Trigger', 'Save']),
]);

const traceSchema = z.strictObject({
  name: z.string(),
  language_id: z.string(),
  uri: z.string(),
  before: z.string().describe('the document at the beginning, up to the cursor'),
  after: z.string().describe('and from the cursor on'),
  events: z
    .array(z.tuple([z.number().int().nonnegative(), keySchema]))
    .describe('ms since the beginning, key'),
});
export type Trace = z.infer<typeof traceSchema>;

export const tracesFolder = path.resolve('test/fixtures/traces');

export function readTraces(): Trace[] {
  return readdirSync(tracesFolder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => traceSchema.parse(JSON.parse(readFileSync(path.join(tracesFolder, name), 'utf8'))));
}
