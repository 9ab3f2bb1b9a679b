/**
 * Chats of one window: whoever answers is waited for, and stood in line for, then what it writes is passed on. An answer
 * ends with its window.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { ProgressType } from 'vscode-languageserver/node';
import type * as z from 'zod';
import { type ChatPart, chatRequest, countTokensRequest, generationOptionsSchema } from '#protocol';
import { withEither } from '../either-signal';
import type { Generation } from '../instances';
import type { Answerer } from '../sharing';
import { onRequest } from './checked';
import type { Feature } from './session';

type Chat = z.output<typeof chatRequest.params>;

/** Requests of one window that are worked on; each may be megabytes. */
const mostAtOnce = 32;
/** No text has longer tokens than this on average: what is beyond need not be read to know that it does not fit. */
const charactersPerToken = 32;
/** What the context has left. */
const noLimit = 1_000_000;
const seeds = 2 ** 32;
const part = new ProgressType<ChatPart>();

export const chatFeature: Feature = ({ connection, parts, onEnd }) => {
  const { answerers, lines } = parts.sharing;
  const caller = { name: `window ${randomUUID()}`, priority: 'chat' } as const;
  const ended = new AbortController();
  onEnd(() => ended.abort(new Error('The window was closed.')));
  let underWay = 0;

  async function limited<T>(signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (underWay >= mostAtOnce)
      throw new Error(`This window has asked for ${mostAtOnce} things at once. Wait until one is answered.`);
    underWay += 1;
    return withEither([signal, ended.signal], act).finally(() => {
      underWay -= 1;
    });
  }

  /** However long its model takes to load. */
  async function answererOf(name: string, signal: AbortSignal): Promise<Answerer> {
    for (;;) {
      const found = await answerers.find(name, signal);
      signal.throwIfAborted();
      if (found.kind === 'ready') return found.answerer;
      if (found.kind !== 'not ready')
        throw new Error(`${name} is not placed any more. Place it again, or choose another model.`);
      const { state, error } = found.instance;
      if (state === 'failed') throw new Error(`${name} is not available. ${error ?? ''}`);
    }
  }

  async function begin(answerer: Answerer, chat: Chat, signal: AbortSignal): Promise<Generation> {
    refuseTooLong(answerer, chat);
    const leave = await lines.enter(answerer.instance, caller, signal);
    try {
      const generation = answerer.generate({
        prompt: [{ kind: 'chat', messages: chat.messages }],
        maxTokens: chat.max_tokens ?? noLimit,
        temperature: chat.temperature,
        seed: chat.seed ?? randomInt(seeds),
        priority: 'chat',
        // One window has many conversations: what fits best is found by the prompt.
        affinity: `chat/${randomUUID()}`,
        options: generationOptionsSchema.parse({
          top_p: chat.top_p,
          min_p: 0.05,
          stop: [chat.stop].flat(),
          refuse_overflow: true,
        }),
        signal,
      });
      // The place is free when the engine has stopped, not when the window has read.
      generation.done.then(leave, leave);
      return generation;
    } catch (error) {
      leave();
      throw error;
    }
  }

  onRequest(connection, chatRequest, (chat, cancelled) =>
    limited(cancelled, async (signal) => {
      const { model, partialResultToken: token } = chat;
      const generation = await begin(await answererOf(model, signal), chat, signal);
      let text = '';
      for await (const piece of generation) {
        if (token === undefined) text += piece;
        // Waited for, so that nothing is left out for a window that is slow to read.
        else await connection.sendProgress(part, token, { text: piece });
      }
      const { reason, stats } = await generation.done;
      if (reason === 'aborted') throw new Error('The answer was cancelled.');
      return { text, reason, stats };
    }),
  );

  onRequest(connection, countTokensRequest, ({ model, text }, cancelled) =>
    limited(cancelled, async (signal) => {
      const found = await answerers.find(model, signal);
      if (found.kind !== 'ready') throw new Error(`${model} is not ready: nobody can count its tokens.`);
      const plain = { text, parse_special: false, add_special: false };
      return { tokens: (await found.answerer.tokenize(plain)).length };
    }),
  );
  return {};
};

function refuseTooLong({ instance: { context_size } }: Answerer, { messages }: Chat): void {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (context_size !== null && characters > context_size * charactersPerToken)
    throw new Error(
      `The conversation has ${characters} characters, which exceeds the model context window of ${context_size} tokens.`,
    );
}
