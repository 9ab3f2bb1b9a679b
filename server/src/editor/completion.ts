/** Standard LSP inline completion: turns positions into offsets, asks `completion/`, and turns the answer back. */
import {
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  type InlineCompletionItem,
  Range,
} from 'vscode-languageserver/node';
import * as z from 'zod';
import type { CompletionModel, Outcome } from '../completion';
import type { PlacedModel } from '../instances';
import { toSignal, wrongParams } from './checked';
import type { Feature, Session } from './session';

const paramsSchema = z.object({
  textDocument: z.object({ uri: z.string() }),
  position: z.object({ line: z.number().int().nonnegative(), character: z.number().int().nonnegative() }),
  context: z.object({ triggerKind: z.number() }).optional(),
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
  const { documents, options, parts } = session;
  const document = documents.get(params.textDocument.uri);
  if (!document) return { kind: 'none', reason: 'the document is not open' };
  const { completions } = options.settings;
  if (!completions.enabled) return { kind: 'none', reason: 'completions are switched off' };
  if (completions.disabledLanguages.includes(document.languageId)) {
    return { kind: 'none', reason: `completions are switched off for ${document.languageId}` };
  }
  const placed = parts.instances.forCompletion();
  if (placed?.state !== 'ready') return { kind: 'none', reason: 'no model is ready' };

  const request = {
    uri: document.uri,
    languageId: document.languageId,
    text: document.getText(),
    offset: document.offsetAt(params.position),
    explicit: params.context?.triggerKind === InlineCompletionTriggerKind.Invoked,
    debounceMs: completions.debounce,
    maxTokens: completions.maxTokens,
    signal,
  };
  try {
    return await parts.completer.complete(request, toCompletionModel(placed));
  } catch (error) {
    // The engine died or was removed meanwhile: the status item tells, the next key asks again.
    parts.log.warn(`A completion failed: ${error instanceof Error ? error.message : String(error)}`);
    return { kind: 'none', reason: 'the engine failed' };
  }
}

function toCompletionModel(placed: PlacedModel): CompletionModel {
  const { id, fim, context_size, batch_size } = placed.snapshot();
  return {
    key: id,
    fim,
    contextSize: context_size ?? 0,
    batchSize: batch_size ?? 0,
    generate: (request) => placed.generate(request),
  };
}

function item({ documents }: Session, params: Params, outcome: Extract<Outcome, { kind: 'suggestion' }>): InlineCompletionItem {
  const { insertText, start, end } = outcome.suggestion;
  const document = documents.get(params.textDocument.uri);
  if (!document) return { insertText };
  return { insertText, range: Range.create(document.positionAt(start), document.positionAt(end)) };
}
