/** Placed models in VS Code's chat, and for extensions that ask `vscode.lm`; nothing where this VS Code has no place for them. */
import { randomUUID } from 'node:crypto';
import { Disposable, EventEmitter, LanguageModelTextPart, lm } from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';
import { type ChatPart, chatRequest, countTokensRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';
import { estimatedTokens } from './limits';
import { conversationOf, optionsOf, textOf } from './messages';
import { chatModels, isReady } from './models';
import { type ChatModelProvider, takesChatModels } from './vscode-api';

/** As the manifest has it. */
const vendor = 'vramesh';
const part = new ProgressType<ChatPart>();

export function offerChatModels(vramesh: Vramesh): Disposable {
  if (!takesChatModels(lm)) return Disposable.from();
  const changed = new EventEmitter<void>();
  const models = () => JSON.stringify(chatModels(vramesh.state));
  let told = models();
  const watch = vramesh.onDidChange(() => {
    const now = models();
    if (now === told) return;
    told = now;
    changed.fire();
  });
  const provider = lm.registerLanguageModelChatProvider(vendor, chatProvider(vramesh, changed));
  return Disposable.from(provider, watch, changed);
}

function chatProvider(vramesh: Vramesh, { event }: EventEmitter<void>): ChatModelProvider {
  return {
    onDidChangeLanguageModelChatInformation: event,
    provideLanguageModelChatInformation: () => chatModels(vramesh.state),

    async provideLanguageModelChatResponse({ id: model, maxOutputTokens }, spoken, options, progress, token) {
      const { max_tokens = maxOutputTokens, ...wishes } = optionsOf(options);
      const messages = conversationOf(spoken);
      const partialResultToken = randomUUID();
      const parts = vramesh.client.onProgress(part, partialResultToken, ({ text }) =>
        progress.report(new LanguageModelTextPart(text)),
      );
      try {
        const chat = { ...wishes, max_tokens: Math.min(max_tokens, maxOutputTokens) };
        await request(vramesh, chatRequest, { ...chat, model, messages, partialResultToken }, token);
      } catch (error) {
        // The one who cancelled knows.
        if (!token.isCancellationRequested) throw error;
      } finally {
        parts.dispose();
      }
    },

    async provideTokenCount({ id: model }, spoken, token) {
      const text = textOf(spoken);
      if (!isReady(vramesh.state, model)) return estimatedTokens(text);
      return request(vramesh, countTokensRequest, { model, text }, token).then(
        ({ tokens }) => tokens,
        () => estimatedTokens(text),
      );
    },
  };
}
