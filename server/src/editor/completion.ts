/** Standard LSP inline completion: turns positions into offsets, asks `completion/`, and turns the answer back. */
import {
  type InlineCompletionItem,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  Range,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import * as z from 'zod';
import { acceptedCommand, explainRequest } from '#protocol';
import type { Completer, Outcome, PromptContext, Suggestion } from '../completion';
import { onRequest, toSignal, wrongParams } from './checked';
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

/** Nothing is known of the rest of the workspace. */
const noContext: PromptContext = { version: 0, repository: null, path: '', chunks: [] };

export const completionFeature: Feature = (session) => {
  const { connection, documents, parts, onEdit } = session;
  const completer = parts.createCompleter();

  connection.languages.inlineCompletion.on(async (params: unknown, token) => {
    const checked = paramsSchema.safeParse(params);
    if (!checked.success) return wrongParams(InlineCompletionRequest.method, checked.error);
    const document = documents.get(checked.data.textDocument.uri);
    const outcome = await complete(session, completer, document, checked.data, toSignal(token));
    if (outcome.kind === 'none' || document === undefined) {
      if (outcome.kind === 'none') parts.log.debug(`No completion: ${outcome.reason}.`);
      return { items: [] };
    }
    return { items: [outcome.suggestion, ...outcome.alternatives].map((each) => item(document, each)) };
  });

  onRequest(connection, explainRequest, async (params, signal) => {
    const document = documents.get(params.textDocument.uri);
    if (document === undefined) throw new Error('The document is not open.');
    const model = await parts.sharing.nearest.readyForCompletion(signal);
    if (!model) throw new Error('No model is ready.');
    const request = { ...place(session, document, params), explicit: true, signal };
    const explanation = await completer.explain(request, model);
    if (typeof explanation === 'string') throw new Error(`There is no completion: ${explanation}.`);
    return { explanation };
  });

  connection.onExecuteCommand(({ command }) => {
    if (command === acceptedCommand) completer.accepted();
  });
  onEdit((document, kind) => completer.edited(document.uri, document.getText(), kind));
  documents.onDidClose(({ document }) => completer.forget(document.uri));
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
  const { completions } = options.settings;
  if (!completions.enabled) return { kind: 'none', reason: 'completions are switched off' };
  if (completions.disabledLanguages.includes(document.languageId)) {
    return { kind: 'none', reason: `completions are switched off for ${document.languageId}` };
  }

  const selected = params.context?.selectedCompletionInfo;
  const request = {
    ...place(session, document, params),
    explicit: params.context?.triggerKind === InlineCompletionTriggerKind.Invoked,
    debounce: completions.debounce,
    ...(selected && { selected: { start: document.offsetAt(selected.range.start), text: selected.text } }),
    signal,
  };
  return completer.complete(request, model);
}

function place({ options }: Session, document: TextDocument, params: Pick<Params, 'position'>) {
  return {
    uri: document.uri,
    languageId: document.languageId,
    text: document.getText(),
    offset: document.offsetAt(params.position),
    context: noContext,
    maxTokens: options.settings.completions.maxTokens,
  };
}

function item(document: TextDocument, { id, insertText, start, end }: Suggestion): InlineCompletionItem {
  return {
    insertText,
    range: Range.create(document.positionAt(start), document.positionAt(end)),
    command: { title: 'Suggestion accepted', command: acceptedCommand, arguments: [id] },
  };
}
