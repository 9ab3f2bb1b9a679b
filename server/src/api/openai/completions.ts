/** `POST /v1/completions`: goes on with a text, or fills in the middle where there is a `suffix`. */
import { randomUUID } from 'node:crypto';
import {
  type CompletionAnswer,
  type CompletionLogprobs,
  type CompletionRequestBody,
  completionAnswerSchema,
  completionRequestSchema,
  type Instance,
  type PromptSegment,
  type TokenLogprob,
} from '#protocol';
import { HttpError } from '../errors';
import type { Feature } from '../features';
import type { Piece } from '../generating';
import { infillPrompt } from '../infill-prompt';
import { answer, type Form } from './answer';
import { finishReason, joined, mannerOf, now, samplingOf, variants } from './choices';
import { generatingResponses } from './responses';

const defaultMaxTokens = 16;

export const completionsRoute: Feature = (app, { generating }) => {
  app.post(
    '/v1/completions',
    {
      schema: {
        summary: 'Go on with a text, or fill in the middle, as OpenAI’s API has it',
        body: completionRequestSchema,
        response: generatingResponses('The texts', completionAnswerSchema),
      },
    },
    (request, reply) => {
      const { body } = request;
      return generating.with(request, body.model, async ({ instance, write }) => {
        const manner = mannerOf(body);
        if ((body.best_of ?? 1) > manner.perPrompt)
          throw new HttpError(400, 'best_of cannot be more than n.', { code: 'unsupported_parameter' });
        const maxTokens = body.max_tokens ?? defaultMaxTokens;
        const sampling = samplingOf(body, {
          top_logprobs: body.logprobs ?? null,
          json_schema: null,
          refuse_overflow: true,
        });
        const wanted = [body.prompt]
          .flat()
          .flatMap((prompt) =>
            variants({ prompt: promptOf(prompt, body, instance), maxTokens, ...sampling }, manner),
          );
        return answer(reply, wanted.map(write), formOf(instance, body.logprobs ?? null), manner);
      });
    },
  );
};

function promptOf(
  prompt: string,
  { suffix, max_tokens }: CompletionRequestBody,
  instance: Instance,
): PromptSegment[] {
  if (suffix === null || suffix === undefined || suffix === '') return [{ kind: 'raw', text: prompt }];
  return infillPrompt(instance, {
    prefix: prompt,
    suffix,
    files: [],
    maxTokens: max_tokens ?? defaultMaxTokens,
  });
}

function formOf(
  { id: model }: Instance,
  logprobs: number | null,
): Form<Piece, CompletionAnswer, CompletionAnswer> {
  const head = { id: `cmpl-${randomUUID()}`, object: 'text_completion' as const, created: now(), model };
  /** Where the next piece of a choice begins. */
  const offsets = new Map<number, number>();
  const told = (index: number, list: readonly TokenLogprob[]): CompletionLogprobs | null => {
    if (logprobs === null) return null;
    let offset = offsets.get(index) ?? 0;
    const text_offset = list.map(({ token }) => {
      offset += token.length;
      return offset - token.length;
    });
    offsets.set(index, offset);
    return {
      tokens: list.map(({ token }) => token),
      token_logprobs: list.map(({ logprob }) => logprob),
      top_logprobs: list.map(({ top }) =>
        Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
      ),
      text_offset,
    };
  };
  return {
    whole: (choices, usage) => ({
      ...head,
      choices: choices.map(({ items, result }, index) => {
        const { text, logprobs } = joined(items);
        return { index, text, logprobs: told(index, logprobs), finish_reason: finishReason(result) };
      }),
      usage,
    }),
    begin: () => [],
    item: (index, { text, logprobs: list }) => ({
      ...head,
      choices: [{ index, text, logprobs: told(index, list), finish_reason: null }],
    }),
    end: (index, result) => ({
      ...head,
      choices: [{ index, text: '', logprobs: null, finish_reason: finishReason(result) }],
    }),
    usage: (usage) => ({ ...head, choices: [], usage }),
  };
}
