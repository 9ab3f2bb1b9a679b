/** The part of the API of llama.cpp’s own server that VRAMesh speaks, as that server spells it. */
import * as z from 'zod';

const modelName = z
  .string()
  .max(4096)
  .nullish()
  .describe('name of a model or id of an instance; absent: the one that answers completions');

export const infillRequestSchema = z
  .object({
    model: modelName,
    input_prefix: z.string(),
    input_suffix: z.string(),
    input_extra: z
      .array(z.object({ filename: z.string().max(4096).default('file'), text: z.string() }))
      .max(1000)
      .default([])
      .describe('pieces of other files'),
    prompt: z.string().nullish().describe('stands between prefix and what is written'),
    n_predict: z
      .number()
      .int()
      .min(-1)
      .max(1_000_000)
      .nullish()
      .describe('tokens; -1, the default: what fits; 0: only the KV cache is filled'),
    n_indent: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .nullish()
      .describe('the text ends before a line with less indentation'),
    t_max_predict_ms: z
      .number()
      .min(0)
      .max(86_400_000)
      .nullish()
      .describe('after this long, the text ends with its line; 0: no limit'),
    stream: z.boolean().nullish(),
    temperature: z.number().min(0).max(10).nullish().describe('default 0: always the likeliest token'),
    top_k: z.number().int().min(-1).max(1_000_000).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    min_p: z.number().min(0).max(1).nullish(),
    repeat_penalty: z.number().min(0.01).max(10).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    seed: z.number().int().nullish(),
    stop: z.array(z.string().min(1).max(256)).max(16).nullish(),
    cache_prompt: z
      .boolean()
      .nullish()
      .describe('default true; false: the whole prompt is evaluated, whatever the KV cache holds of it'),
    response_fields: z
      .array(z.string().max(256))
      .max(100)
      .nullish()
      .describe('only these, e.g. "content" or "timings/prompt_n"'),
  })
  .meta({ title: 'InfillRequest', description: 'A place in a document to fill in.' });
export type InfillRequest = z.infer<typeof infillRequestSchema>;

export const infillTimingsSchema = z
  .object({
    prompt_n: z.number().int().describe('tokens of the prompt that were evaluated'),
    prompt_ms: z.number(),
    prompt_per_token_ms: z.number(),
    prompt_per_second: z.number(),
    predicted_n: z.number().int(),
    predicted_ms: z.number(),
    predicted_per_token_ms: z.number(),
    predicted_per_second: z.number(),
  })
  .meta({
    title: 'InfillTimings',
    description: 'What it cost; as llama.cpp has it, 0 where nothing was done.',
  });
export type InfillTimings = z.infer<typeof infillTimingsSchema>;

export const infillAnswerSchema = z
  .object({
    index: z.literal(0),
    content: z.string(),
    stop: z.boolean().describe('false: more follows, in a stream'),
    model: z.string(),
    tokens_predicted: z.number().int(),
    tokens_evaluated: z.number().int().describe('of the prompt, those of the KV cache included'),
    tokens_cached: z.number().int().describe('in the KV cache now'),
    has_new_line: z.boolean(),
    truncated: z.literal(false),
    stop_type: z.enum(['none', 'eos', 'limit', 'word']),
    stopping_word: z.string(),
    timings: infillTimingsSchema,
  })
  .partial()
  .loose()
  .meta({
    title: 'InfillAnswer',
    description:
      'Text; with `response_fields` only those. In a stream, the events before the last have few fields.',
  });
export type InfillAnswer = z.infer<typeof infillAnswerSchema>;

export const propsSchema = z
  .object({
    default_generation_settings: z.object({
      n_ctx: z.number().int().describe('tokens of one sequence'),
      params: z.object({
        temperature: z.number(),
        top_k: z.number().int(),
        top_p: z.number(),
        min_p: z.number(),
        n_predict: z.number().int(),
      }),
    }),
    total_slots: z.number().int().describe('requests that are decoded side by side'),
    model_alias: z.string(),
    model_path: z.string(),
    modalities: z.object({ vision: z.literal(false), audio: z.literal(false) }),
    build_info: z.string(),
  })
  .meta({ title: 'Props', description: 'What the instance that answers is like.' });

export const tokenizeBodySchema = z
  .object({
    model: modelName,
    content: z.string(),
    add_special: z.boolean().default(false).describe('begin as prompts of this model begin'),
    parse_special: z.boolean().default(true).describe('special tokens in it are special'),
  })
  .meta({ title: 'TokenizeBody', description: 'Text to tokens.' });

export const detokenizeBodySchema = z
  .object({ model: modelName, tokens: z.array(z.number().int().min(0).max(0x7fff_ffff)).max(1_000_000) })
  .meta({ title: 'DetokenizeBody', description: 'Tokens to text.' });
