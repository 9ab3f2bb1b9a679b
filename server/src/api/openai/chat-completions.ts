/** `POST /v1/chat/completions`: goes on with a conversation, by the chat template of the model. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type ChatAnswer,
  type ChatChunk,
  type ChatLogprobs,
  type ChatMessage,
  type ChatRequestBody,
  chatAnswerSchema,
  chatRequestSchema,
  type Instance,
  type TokenLogprob,
} from '#protocol';
import { commonOpenAiErrors } from '../errors';
import type { Feature } from '../features';
import { answer, type Form } from './answer';
import { finishReason, now, samplingOf, variants } from './choices';
import { refusals } from './refusals';

/** What the context has left. */
const noLimit = 1_000_000;
const anyObject = JSON.stringify({ type: 'object' });

export const chatCompletionsRoute: Feature = (app, { generating }) => {
  app.post(
    '/v1/chat/completions',
    {
      schema: {
        summary: 'Go on with a conversation, as OpenAI’s API has it',
        body: chatRequestSchema,
        response: {
          200: {
            description:
              'What the assistant says; with `stream`, as server-sent events that end with `[DONE]`.',
            content: {
              'application/json': { schema: chatAnswerSchema },
              'text/event-stream': { schema: z.string() },
            },
          },
          ...refusals,
          ...commonOpenAiErrors,
        },
      },
    },
    (request, reply) => {
      const { body } = request;
      return generating.with(request, body.model, async ({ instance, write }) => {
        const n = body.n ?? 1;
        const logprobs = body.logprobs === true ? (body.top_logprobs ?? 0) : null;
        const sampling = samplingOf(body, {
          top_logprobs: logprobs,
          json_schema: schemaOf(body),
          refuse_overflow: true,
        });
        const wanted = {
          prompt: [{ kind: 'chat' as const, messages: body.messages.map(messageOf) }],
          maxTokens: body.max_completion_tokens ?? body.max_tokens ?? noLimit,
          ...sampling,
        };
        return answer(reply, variants(wanted, n).map(write), formOf(instance, logprobs !== null), {
          stream: body.stream ?? false,
          includeUsage: body.stream_options?.include_usage ?? false,
          perPrompt: n,
        });
      });
    },
  );
};

function messageOf({ role, content }: ChatRequestBody['messages'][number]): ChatMessage {
  return {
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  };
}

function schemaOf({ response_format: format }: ChatRequestBody): string | null {
  if (format?.type === 'json_object') return anyObject;
  return format?.type === 'json_schema' ? JSON.stringify(format.json_schema.schema) : null;
}

function formOf({ id: model }: Instance, withLogprobs: boolean): Form<ChatAnswer, ChatChunk> {
  const head = { id: `chatcmpl-${randomUUID()}`, created: now(), model };
  const chunk = { ...head, object: 'chat.completion.chunk' as const };
  const told = (list: readonly TokenLogprob[]): ChatLogprobs | null =>
    withLogprobs
      ? {
          content: list.map(({ top, ...drawn }) => ({
            ...withBytes(drawn),
            top_logprobs: top.map(withBytes),
          })),
          refusal: null,
        }
      : null;
  return {
    whole: (choices, usage) => ({
      ...head,
      object: 'chat.completion',
      choices: choices.map(({ piece, result }, index) => ({
        index,
        message: { role: 'assistant', content: piece.text, refusal: null },
        logprobs: told(piece.logprobs),
        finish_reason: finishReason(result),
      })),
      usage,
    }),
    begin: (index) => [
      {
        ...chunk,
        choices: [{ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }],
      },
    ],
    piece: (index, { text, logprobs }) => ({
      ...chunk,
      choices: [{ index, delta: { content: text }, logprobs: told(logprobs), finish_reason: null }],
    }),
    end: (index, result) => ({
      ...chunk,
      choices: [{ index, delta: {}, logprobs: null, finish_reason: finishReason(result) }],
    }),
    usage: (usage) => ({ ...chunk, choices: [], usage }),
  };
}

function withBytes({ token, logprob }: Pick<TokenLogprob, 'token' | 'logprob'>) {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}
