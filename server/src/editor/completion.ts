/**
 * Completion for one window: turns positions into offsets, asks `completion/`, and tells it of edits. How an editor asks
 * and is answered is in `inline-completion.ts` and `plain-completion.ts`.
 */
import type { TextDocument, TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { acceptedCommand, explainRequest, whyNoCompletionRequest } from '#protocol';
import type { Completer, EditKind } from '../completion';
import { onRequest } from './checked';
import { inlineCompletion } from './inline-completion';
import { createLastOutcomes, type WhyNoCompletion } from './last-outcomes';
import { plainCompletion } from './plain-completion';
import type { Feature, Session } from './session';
import type { Ask, Asked, Offered } from './suggestions';

export const completionFeature: Feature = (session) => {
  const { commands, connection, context, documents, parts, onEdit, onEnd } = session;
  const completer = parts.createCompleter();
  const last = createLastOutcomes();

  const ask: Ask = async (asked, signal) => {
    const offered = await complete(session, completer, asked, signal);
    const reason = typeof offered === 'string' ? offered : null;
    // Of what nobody waited for any more there is nothing to be explained.
    if (!signal.aborted && documents.get(asked.uri)) last.remember(asked.uri, asked.position, reason);
    if (typeof offered !== 'string') return offered;
    parts.log.debug(`No completion: ${offered}.`);
    return null;
  };

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

  commands.add(acceptedCommand, () => completer.accepted());
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
  plainCompletion(session, ask);
  return inlineCompletion(session, ask);
};

/** What is offered, or in words why nothing is. */
async function complete(
  session: Session,
  completer: Completer,
  { uri, position, explicit, selected }: Asked,
  signal: AbortSignal,
): Promise<Offered | string> {
  const { documents, options, parts } = session;
  // It may change, or be closed, while a model is being waited for.
  const model = await parts.sharing.nearest.readyForCompletion(signal);
  if (!model) return 'no model is ready';
  const document = documents.get(uri);
  if (!document) return 'the document is not open';
  const off = whyOff(session, document);
  if (off !== null) return off;

  const request = {
    ...place(session, document, document.offsetAt(position)),
    explicit,
    debounce: options.settings.completions.debounce,
    ...(selected && { selected: { start: document.offsetAt(selected.start), text: selected.text } }),
    signal,
  };
  const outcome = await completer.complete(request, model);
  if (outcome.kind === 'none') return outcome.reason;
  // Its range would be anywhere. Most editors have cancelled before.
  if (document.getText() !== request.text) return 'the document was changed meanwhile';
  return { document, suggestions: [outcome.suggestion, ...outcome.alternatives] };
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
