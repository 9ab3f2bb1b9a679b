/** What OpenAI's two ways to generate have in common: how texts are drawn, and how they are counted. */
import { randomInt } from 'node:crypto';
import {
  type CompletionRequestBody,
  type GenerationOptions,
  type GenerationResult,
  longest,
  type Usage,
} from '#protocol';
import { HttpError } from '../errors';
import type { Piece, Wanted } from '../generating';
import type { Manner } from './answer';

/** As llama.cpp's server has them, where OpenAI has no word for it. */
const defaults = { temperature: 1, top_p: 1, top_k: 40, min_p: 0.05 };

type SamplingFields = Pick<
  CompletionRequestBody,
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'repeat_penalty'
  | 'presence_penalty'
  | 'frequency_penalty'
  | 'seed'
  | 'stop'
  | 'logit_bias'
>;

const seeds = 2 ** 32;

/** @throws HttpError for what is understood, and cannot be had. */
export function samplingOf(
  body: SamplingFields,
  more: Pick<GenerationOptions, 'top_logprobs' | 'json_schema' | 'special_text' | 'refuse_overflow'>,
): Pick<Wanted, 'temperature' | 'seed' | 'options'> {
  if (body.logit_bias && Object.keys(body.logit_bias).length > 0)
    throw new HttpError(400, 'logit_bias cannot be had here: leave it out.', {
      code: 'unsupported_parameter',
    });
  if ((more.json_schema?.length ?? 0) > longest.jsonSchema)
    throw new HttpError(400, `The JSON Schema is longer than ${longest.jsonSchema} characters.`, {
      code: 'invalid_request',
    });
  const { seed } = body;
  return {
    temperature: body.temperature ?? defaults.temperature,
    seed: seed === null || seed === undefined ? randomInt(seeds) : ((seed % seeds) + seeds) % seeds,
    options: {
      top_k: body.top_k ?? defaults.top_k,
      top_p: body.top_p ?? defaults.top_p,
      min_p: body.min_p ?? defaults.min_p,
      repeat_penalty: body.repeat_penalty ?? 1,
      presence_penalty: body.presence_penalty ?? 0,
      frequency_penalty: body.frequency_penalty ?? 0,
      stop: body.stop === null || body.stop === undefined ? [] : [body.stop].flat(),
      ...more,
    },
  };
}

/** How an answer is given. */
export function mannerOf({
  n,
  stream,
  stream_options: options,
}: Pick<CompletionRequestBody, 'n' | 'stream' | 'stream_options'>): Manner {
  return { stream: stream ?? false, includeUsage: options?.include_usage ?? false, perPrompt: n ?? 1 };
}

/** The texts of one prompt differ as their seeds do. */
export function variants(wanted: Wanted, { perPrompt }: Manner): Wanted[] {
  const one = (index: number) => ({ ...wanted, seed: (wanted.seed + index) % seeds });
  return Array.from({ length: perPrompt }, (_none, index) => one(index));
}

export function finishReason({ reason }: GenerationResult): 'stop' | 'length' {
  return reason === 'length' ? 'length' : 'stop';
}

/** @param perPrompt how many results belong to one prompt, which counts once. */
export function usageOf(results: readonly GenerationResult[], perPrompt: number): Usage {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const firsts = results.filter((_result, index) => index % perPrompt === 0).map(({ stats }) => stats);
  const prompt = sum(firsts.map(({ prompt_tokens }) => prompt_tokens));
  const completion = sum(results.map(({ stats }) => stats.generated_tokens));
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: sum(firsts.map(({ reused_tokens }) => reused_tokens)) },
  };
}

/** The whole text of a choice. */
export function joined(pieces: readonly Piece[]): Piece {
  return {
    text: pieces.map(({ text }) => text).join(''),
    logprobs: pieces.flatMap(({ logprobs }) => logprobs),
  };
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}
