/** Chats with placed models: questions, answers as they are written, and what a text comes to in tokens. */
import * as z from 'zod';
import { chatMessageSchema, generationStatsSchema, seedSchema } from '../generation';

/** UTF-16 units of all messages of a conversation together. */
const mostCharacters = 4 * 1024 * 1024;
const stopText = z.string().min(1).max(256);
const chatModel = z
  .string()
  .min(1)
  .max(4096)
  .describe('name of a model, which the nearest of its instances answers for, or id of an instance');

export const chatOptionsSchema = z
  .object({
    max_tokens: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('of the answer, at most; without it as many as the context has left'),
    temperature: z.number().min(0).max(10).default(0.8).describe('0: always the likeliest token'),
    top_p: z.number().min(0).max(1).default(0.95),
    seed: seedSchema.optional(),
    stop: z
      .union([stopText, z.array(stopText).max(16)])
      .default([])
      .describe('the answer ends before the first of them'),
  })
  .meta({ title: 'ChatOptions', description: 'How an answer is to be written.' });
export type ChatOptions = z.infer<typeof chatOptionsSchema>;

export const chatPartSchema = z
  .object({ text: z.string() })
  .meta({ title: 'ChatPart', description: 'More of an answer: the `value` of a `$/progress`.' });
export type ChatPart = z.infer<typeof chatPartSchema>;

export const chatRequest = {
  method: 'vramesh/chat',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Goes on with a conversation, by the chat template of a model; one that is being loaded, or idle, is waited for. The ' +
    'answer is reported on `partialResultToken` as it is written, each `$/progress` with a ChatPart; cancelling the request ' +
    'ends it. A conversation that does not fit into the context fails.',
  params: chatOptionsSchema.extend({
    model: chatModel,
    messages: z
      .array(chatMessageSchema)
      .min(1)
      .max(10_000)
      .refine(
        (messages) => messages.reduce((sum, { content }) => sum + content.length, 0) <= mostCharacters,
        `A conversation may have ${mostCharacters} characters.`,
      )
      .describe('4 Mi UTF-16 units in all, at most'),
    partialResultToken: z.union([z.string().max(256), z.number()]).optional(),
  }),
  result: z.object({
    text: z.string().describe('the answer; empty where it was reported in parts'),
    reason: z
      .enum(['end', 'stop', 'length'])
      .describe('end: the model ended by itself; stop: a stop text came; length: max_tokens, or the context'),
    stats: generationStatsSchema,
  }),
} as const;

export const countTokensRequest = {
  method: 'vramesh/countTokens',
  kind: 'request',
  direction: 'editor to host',
  description: 'What a text comes to for a model. Fails while it is not ready; an idle one is brought back.',
  params: z.object({ model: chatModel, text: z.string().max(1024 * 1024) }),
  result: z.object({ tokens: z.number().int().nonnegative() }),
} as const;
