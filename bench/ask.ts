/** Asks as an editor does that nobody has told to: for one suggestion, at once. */
import * as z from 'zod';
import type { LspClient } from '../test/support/lsp';

const automatic = 2;
const answerSchema = z.object({ items: z.array(z.object({ insertText: z.string() })) });

export interface Place {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** What is suggested; '' where nothing is. */
export async function ask(window: LspClient, { uri, line, character }: Place): Promise<string> {
  const answer = await window.send('textDocument/inlineCompletion', {
    textDocument: { uri },
    position: { line, character },
    context: { triggerKind: automatic },
  });
  return answerSchema.parse(answer).items[0]?.insertText ?? '';
}
