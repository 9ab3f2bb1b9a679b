/** `POST /infill`: fills in the middle of a document, as llama.cpp's server does it for llama.vim and llama.vscode. */
import { z } from 'zod';
import {
  type GenerationResult,
  type InfillAnswer,
  type InfillRequest,
  type Instance,
  infillAnswerSchema,
  infillRequestSchema,
} from '#protocol';
import { commonErrors, HttpError } from '../errors';
import type { Feature } from '../features';
import { openEventStream, type Wanted, type Writing } from '../generating';
import { infillPrompt } from '../infill-prompt';
import { createInfillLimit } from './infill-limit';
import { refusals } from './refusals';
import { selected } from './response-fields';
import { timingsOf } from './timings';

export const infillRoute: Feature = (app, { generating }) => {
  app.post(
    '/infill',
    {
      schema: {
        summary: 'Fill in the middle of a document, as llama.cpp’s server has it',
        body: infillRequestSchema,
        response: {
          200: {
            description: 'What is to be inserted; with `stream`, as server-sent events.',
            content: {
              'application/json': { schema: infillAnswerSchema },
              'text/event-stream': { schema: z.string() },
            },
          },
          ...refusals,
          ...commonErrors,
        },
      },
    },
    (request, reply) => {
      const { body } = request;
      return generating.with(request, body.model, async ({ instance, write }) => {
        const text = limited(write(wantedOf(body, instance)), body);
        if (body.stream !== true) {
          for await (const _piece of text.pieces);
          return selected(await text.last(instance), body.response_fields);
        }
        let next = await text.pieces.next();
        const events = openEventStream(reply);
        try {
          for (; !next.done; next = await text.pieces.next()) {
            const { id: model } = instance;
            await events.send(JSON.stringify({ index: 0, content: next.value, stop: false, model }));
          }
          const last = { ...(await text.last(instance)), content: '' };
          await events.send(JSON.stringify(selected(last, body.response_fields)));
        } catch (error) {
          const message =
            error instanceof HttpError ? error.message : 'The host could not go on with this text.';
          await events.send(JSON.stringify({ error: { message } }));
        } finally {
          await text.pieces.return(undefined);
          events.end();
        }
        return reply;
      });
    },
  );
};

function wantedOf(body: InfillRequest, instance: Instance): Wanted {
  const half = Math.floor((instance.context_size ?? 0) / 2);
  const { n_predict, top_k } = body;
  const maxTokens =
    n_predict === null || n_predict === undefined || n_predict < 0 ? half : Math.min(n_predict, half);
  return {
    prompt: infillPrompt(instance, {
      prefix: body.input_prefix + (body.prompt ?? ''),
      suffix: body.input_suffix,
      files: body.input_extra.map(({ filename, text }) => ({ path: filename, text })),
      maxTokens,
    }),
    maxTokens,
    temperature: body.temperature ?? 0,
    seed: Math.max(0, body.seed ?? 0) % 2 ** 32,
    options: {
      top_k: Math.max(0, top_k ?? 40),
      top_p: body.top_p ?? 0.95,
      min_p: body.min_p ?? 0.05,
      repeat_penalty: body.repeat_penalty ?? 1,
      presence_penalty: body.presence_penalty ?? 0,
      frequency_penalty: body.frequency_penalty ?? 0,
      stop: body.stop ?? [],
      top_logprobs: null,
      json_schema: null,
      reuse_cache: body.cache_prompt ?? true,
      // What stands far from the cursor is cut.
      refuse_overflow: false,
    },
  };
}

interface LimitedText {
  readonly pieces: AsyncGenerator<string>;
  /** What is known at the end: the whole text, too. */
  last(instance: Instance): Promise<InfillAnswer>;
}

/** Ends where `n_indent` or `t_max_predict_ms` say. */
function limited(writing: Writing, { n_indent, t_max_predict_ms }: InfillRequest): LimitedText {
  const limit = createInfillLimit(n_indent ?? 0, t_max_predict_ms ?? 0, () => performance.now());
  let content = '';
  async function* pieces() {
    for await (const { text } of writing) {
      const kept = limit.push(text);
      content += kept;
      if (kept !== '') yield kept;
      if (limit.reached) return;
    }
    const rest = limit.end();
    content += rest;
    if (rest !== '') yield rest;
  }
  return {
    pieces: pieces(),
    async last(instance) {
      const result = await writing.result();
      const { stats } = result;
      return {
        index: 0,
        content,
        stop: true,
        model: instance.id,
        tokens_predicted: stats.generated_tokens,
        tokens_evaluated: stats.prompt_tokens,
        tokens_cached: stats.prompt_tokens + stats.generated_tokens,
        has_new_line: content.includes('\n'),
        truncated: false,
        stop_type: limit.reached ? 'limit' : stopType(result),
        stopping_word: result.stopped_by ?? '',
        timings: timingsOf(stats),
      };
    },
  };
}

function stopType({ reason }: GenerationResult): 'none' | 'eos' | 'limit' | 'word' {
  if (reason === 'length') return 'limit';
  if (reason === 'stop') return 'word';
  return reason === 'end' ? 'eos' : 'none';
}
