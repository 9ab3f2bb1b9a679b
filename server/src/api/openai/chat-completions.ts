/** `POST /v1/chat/completions`: goes on with a conversation, by the chat template of the model. */
import { randomUUID } from 'node:crypto';
import {
  type ChatAnswer,
  type ChatChunk,
  type ChatLogprobs,
  type ChatRequestBody,
  chatAnswerSchema,
  chatRequestSchema,
  type Instance,
  type PromptSegment,
  type TokenLogprob,
} from '#protocol';
import type { Feature } from '../features';
import { answer, type Form } from './answer';
import { chatMessages } from './chat-messages';
import { finishReason, joined, mannerOf, now, samplingOf, variants } from './choices';
import { generatingResponses } from './responses';
import { type Said, said, type ToolUse, toolUseOf } from './tools';

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
        response: generatingResponses('What the assistant says', chatAnswerSchema),
      },
    },
    (request, reply) => {
      const { body } = request;
      return generating.with(request, body.model, async ({ instance, write }) => {
        const manner = mannerOf(body);
        const use = toolUseOf(body, instance);
        const logprobs = body.logprobs === true ? (body.top_logprobs ?? 0) : null;
        const sampling = samplingOf(body, {
          top_logprobs: logprobs,
          json_schema: use?.forced?.schema ?? schemaOf(body),
          ...(use && { special_text: [...use.marks] }),
          refuse_overflow: true,
        });
        const wanted = {
          prompt: promptOf(body, instance, use),
          maxTokens: body.max_completion_tokens ?? body.max_tokens ?? noLimit,
          ...sampling,
        };
        const sources = variants(wanted, manner).map((variant) => said(write(variant), use));
        return answer(reply, sources, formOf(instance, logprobs !== null), manner);
      });
    },
  );
};

function promptOf({ messages }: ChatRequestBody, instance: Instance, use: ToolUse | null): PromptSegment[] {
  const chat = { kind: 'chat' as const, messages: chatMessages(messages, instance) };
  if (use === null) return [chat];
  const offered = { ...chat, tools: use.tools };
  return use.forced ? [offered, { kind: 'raw', text: use.forced.opening }] : [offered];
}

function schemaOf({ response_format: format }: ChatRequestBody): string | null {
  if (format?.type === 'json_object') return anyObject;
  return format?.type === 'json_schema' ? JSON.stringify(format.json_schema.schema) : null;
}

function formOf({ id: model }: Instance, withLogprobs: boolean): Form<Said, ChatAnswer, ChatChunk> {
  const head = { id: `chatcmpl-${randomUUID()}`, created: now(), model };
  const chunk = { ...head, object: 'chat.completion.chunk' as const };
  /** Calls that were sent of a choice. */
  const called = new Map<number, number>();
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
      choices: choices.map(({ items, result }, index) => {
        const { text, logprobs } = joined(items);
        const calls = items.flatMap((item) => item.calls);
        const isCall = calls.length > 0;
        return {
          index,
          message: {
            role: 'assistant',
            content: isCall && text === '' ? null : text,
            refusal: null,
            ...(isCall && { tool_calls: calls }),
          },
          logprobs: told(logprobs),
          finish_reason: isCall ? 'tool_calls' : finishReason(result),
        };
      }),
      usage,
    }),
    begin: (index) => [
      {
        ...chunk,
        choices: [{ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }],
      },
    ],
    item: (index, { text, logprobs, calls }) => {
      const before = called.get(index) ?? 0;
      called.set(index, before + calls.length);
      const delta = {
        ...(text !== '' && { content: text }),
        ...(calls.length > 0 && {
          tool_calls: calls.map((call, number) => ({ index: before + number, ...call })),
        }),
      };
      return { ...chunk, choices: [{ index, delta, logprobs: told(logprobs), finish_reason: null }] };
    },
    end: (index, result) => {
      const finish_reason = called.get(index) ? ('tool_calls' as const) : finishReason(result);
      return { ...chunk, choices: [{ index, delta: {}, logprobs: null, finish_reason }] };
    },
    usage: (usage) => ({ ...chunk, choices: [], usage }),
  };
}

function withBytes({ token, logprob }: Pick<TokenLogprob, 'token' | 'logprob'>) {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}
