/** Standard inline completion: ghost text, in editors that have it. */
import {
  type InlineCompletionItem,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  Range,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import * as z from 'zod';
import { acceptedCommand } from '#protocol';
import { onStandardRequest } from './checked';
import type { Session } from './session';
import { type Ask, type Offered, positionSchema } from './suggestions';

const paramsSchema = z.object({
  textDocument: z.object({ uri: z.string() }),
  position: positionSchema,
  context: z
    .object({
      triggerKind: z.number(),
      selectedCompletionInfo: z
        .object({ range: z.object({ start: positionSchema, end: positionSchema }), text: z.string() })
        .optional(),
    })
    .optional(),
});

export function inlineCompletion({ connection }: Session, ask: Ask): ServerCapabilities {
  onStandardRequest(connection, InlineCompletionRequest.method, paramsSchema, async (params, signal) => {
    const { textDocument, position, context } = params;
    const selected = context?.selectedCompletionInfo;
    const asked = {
      uri: textDocument.uri,
      position,
      explicit: context?.triggerKind === InlineCompletionTriggerKind.Invoked,
      selected: selected && { start: selected.range.start, text: selected.text },
    };
    const offered = await ask(asked, signal);
    return { items: offered === null ? [] : items(offered) };
  });
  return { inlineCompletionProvider: true };
}

function items({ document, suggestions }: Offered): InlineCompletionItem[] {
  return suggestions.map(({ id, insertText, start, end }) => ({
    insertText,
    range: Range.create(document.positionAt(start), document.positionAt(end)),
    command: { title: 'Suggestion accepted', command: acceptedCommand, arguments: [id] },
  }));
}
