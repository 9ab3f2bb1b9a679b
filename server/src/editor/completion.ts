/** Standard LSP inline completion: turns positions into offsets, asks `completion/`, and turns the answer back. */
import {
  type InlineCompletionItem,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  Range,
} from 'vscode-languageserver/node';
import type { TextDocument, TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import * as z from 'zod';
import { acceptedCommand, explainRequest, whyNoCompletionRequest } from '#protocol';
import type { Completer, EditKind, Outcome, Suggestion } from '../completion';
import { onRequest, toSignal, wrongParams } from './checked';
import { createLastOutcomes, type WhyNoCompletion } from './last-outcomes';
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
  const { connection, context, documents, parts, onEdit, onEnd } = session;
  const completer = parts.createCompleter();
  const last = createLastOutcomes();

  connection.languages.inlineCompletion.on(async (params: unknown, token) => {
    const checked = paramsSchema.safeParse(params);
    if (!checked.success) return wrongParams(InlineCompletionRequest.method, checked.error);
    const document = documents.get(checked.data.textDocument.uri);
    const outcome = await complete(session, completer, document, checked.data, toSignal(token));
    // Of what nobody waited for any more there is nothing to be explained.
    if (document !== undefined && !token.isCancellationRequested)
      last.remember(document.uri, checked.data.position, outcome.kind === 'none' ? outcome.reason : null);
    if (outcome.kind === 'none' || document === undefined) {
      if (outcome.kind === 'none') parts.log.debug(`No completion: ${outcome.reason}.`);
      return { items: [] };
    }
    return { items: [outcome.suggestion, ...outcome.alternatives].map((each) => item(document, each)) };
  });

  onRequest(connection, explainRequest, async (params, signal) => {
    const document = documents.get(params.textDocument.uri);
    if (document === undefined) throw new Error('The document is not open.');
    const refused = parts.privateFiles.refused(document.uri);
    if (refused !== null) throw new Error(`There is no completion: ${refused}.`);
    const model = await parts.sharing.nearest.readyForCompletion(signal);
    if (!model) throw new Error('No model is ready.');
    const offset = document.offsetAt(params.position);
    const request = { ...place(session, document, offset), explicit: true, signal };
    const explanation = await completer.explain(request, model);
    if (typeof explanation === 'string') throw new Error(`There is no completion: ${explanation}.`);
    return { explanation };
  });

  onRequest(connection, whyNoCompletionRequest, ({ textDocument, position }): WhyNoCompletion => {
    const document = documents.get(textDocument.uri);
    const off = document === undefined ? 'the document is not open' : whyOff(session, document);
    if (off !== null) return { outcome: 'off', reason: off };
    return last.at(textDocument.uri, position);
  });

  connection.onExecuteCommand(({ command }) => {
    if (command === acceptedCommand) completer.accepted();
  });
  onEdit((document, changes) => completer.edited(document.uri, document.getText(), kindOf(changes)));
  documents.onDidClose(({ document }) => {
    completer.forget(document.uri);
    last.forget(document.uri);
  });

  const ended = new AbortController();
  onEnd(() => ended.abort());
  context.onSettled(async ({ document, offset }) => {
    const { signal } = ended;
    const model = parts.sharing.nearest.readyNow();
    if (model === null || whyOff(session, document) !== null) return;
    await completer.warm({ ...place(session, document, offset), explicit: false, signal }, model);
  });
  return { inlineCompletionProvider: true, executeCommandProvider: { commands: [acceptedCommand] } };
};

async function complete(
  session: Session,
  completer: Completer,
  document: TextDocument | undefined,
  params: Params,
  signal: AbortSignal,
): Promise<Outcome> {
  const { options, parts } = session;
  const model = await parts.sharing.nearest.readyForCompletion(signal);
  if (!model) return { kind: 'none', reason: 'no model is ready' };
  if (!document) return { kind: 'none', reason: 'the document is not open' };
  const off = whyOff(session, document);
  if (off !== null) return { kind: 'none', reason: off };

  const selected = params.context?.selectedCompletionInfo;
  const request = {
    ...place(session, document, document.offsetAt(params.position)),
    explicit: params.context?.triggerKind === InlineCompletionTriggerKind.Invoked,
    debounce: options.settings.completions.debounce,
    ...(selected && { selected: { start: document.offsetAt(selected.range.start), text: selected.text } }),
    signal,
  };
  return completer.complete(request, model);
}

/** In words why this document is not completed; null: it is. */
function whyOff({ options, parts }: Session, { uri, languageId }: TextDocument): string | null {
  const { enabled, disabledLanguages } = options.settings.completions;
  if (!enabled) return 'completions are switched off';
  if (disabledLanguages.includes(languageId)) return `completions are switched off for ${languageId}`;
  return parts.privateFiles.refused(uri);
}

function place({ context, options }: Session, document: TextDocument, offset: number) {
  return {
    uri: document.uri,
    languageId: document.languageId,
    text: document.getText(),
    offset,
    context: context.contextFor(document, offset),
    maxTokens: options.settings.completions.maxTokens,
  };
}

function kindOf(changes: readonly TextDocumentContentChangeEvent[]): EditKind {
  return changes.every((change) => 'range' in change && change.text === '') ? 'deleted' : 'typed';
}

function item(document: TextDocument, { id, insertText, start, end }: Suggestion): InlineCompletionItem {
  return {
    insertText,
    range: Range.create(document.positionAt(start), document.positionAt(end)),
    command: { title: 'Suggestion accepted', command: acceptedCommand, arguments: [id] },
  };
}
