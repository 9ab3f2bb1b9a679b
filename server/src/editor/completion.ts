/** Standard LSP inline completion: turns positions into offsets, asks `completion/`, and turns the answer back. */
import {
  type InlineCompletionItem,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  Range,
} from 'vscode-languageserver/node';
import * as z from 'zod';
import type { Outcome } from '../completion';
import { toSignal, wrongParams } from './checked';
import type { Feature, Session } from './session';

const position = z.object({
  line: z.number().int().nonnegative(),
  character: z.number().int().nonnegative(),
});
const paramsSchema = z.object({
  textDocument: z.object({ uri: z.string() }),
  position,
  context: z
    .object({
      triggerKind: z.number(),
      selectedCompletionInfo: z
        .object({ range: z.object({ start: position, end: position }), text: z.string() })
        .optional(),
    })
    .optional(),
});
type Params = z.infer<typeof paramsSchema>;

export const completionFeature: Feature = (session) => {
  const { connection, documents, parts } = session;

  connection.languages.inlineCompletion.on(async (params: unknown, token) => {
    const checked = paramsSchema.safeParse(params);
    if (!checked.success) return wrongParams(InlineCompletionRequest.method, checked.error);
    const outcome = await complete(session, checked.data, toSignal(token));
    if (outcome.kind === 'none') {
      parts.log.debug(`No completion: ${outcome.reason}.`);
      return { items: [] };
    }
    return { items: [item(session, checked.data, outcome)] };
  });

  documents.onDidClose(({ document }) => parts.completer.forget(document.uri));
  return { inlineCompletionProvider: true };
};

async function complete(session: Session, params: Params, signal: AbortSignal): Promise<Outcome> {
  const { context, documents, options, parts } = session;
  const model = await parts.sharing.nearest.readyForCompletion(signal);
  if (!model) return { kind: 'none', reason: 'no model is ready' };
  const document = documents.get(params.textDocument.uri);
  if (!document) return { kind: 'none', reason: 'the document is not open' };
  const refused = parts.privateFiles.refused(document.uri);
  if (refused !== null) return { kind: 'none', reason: refused };
  const { completions } = options.settings;
  if (!completions.enabled) return { kind: 'none', reason: 'completions are switched off' };
  if (completions.disabledLanguages.includes(document.languageId)) {
    return { kind: 'none', reason: `completions are switched off for ${document.languageId}` };
  }

  const selected = params.context?.selectedCompletionInfo;
  const offset = document.offsetAt(params.position);
  const request = {
    uri: document.uri,
    languageId: document.languageId,
    text: document.getText(),
    offset,
    context: context.contextFor(document, offset),
    explicit: params.context?.triggerKind === InlineCompletionTriggerKind.Invoked,
    debounceMs: completions.debounce,
    maxTokens: completions.maxTokens,
    ...(selected && { selected: { start: document.offsetAt(selected.range.start), text: selected.text } }),
    signal,
  };
  return parts.completer.complete(request, model);
}

function item(
  { documents }: Session,
  params: Params,
  outcome: Extract<Outcome, { kind: 'suggestion' }>,
): InlineCompletionItem {
  const { insertText, start, end } = outcome.suggestion;
  const document = documents.get(params.textDocument.uri);
  if (!document) return { insertText };
  return { insertText, range: Range.create(document.positionAt(start), document.positionAt(end)) };
}
