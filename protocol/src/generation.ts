/** What an engine is asked to write, and what it says of it: the same between host and engine and between two hosts. */
import * as z from 'zod';

/** Characters: what is longer, an engine does not take. */
export const longest = { jsonSchema: 65_536, tools: 262_144 };

export const toolCallSchema = z
  .object({
    id: z.string().describe('what the answer to it names'),
    name: z.string(),
    arguments: z.string().describe('a JSON object, as JSON'),
  })
  .meta({ title: 'ToolCall', description: 'A function of a program that a model calls.' });
export type ToolCall = z.infer<typeof toolCallSchema>;

export const chatMessageSchema = z
  .object({
    role: z.enum(['system', 'user', 'assistant', 'tool']),
    content: z.string(),
    tool_calls: z.array(toolCallSchema).max(128).optional().describe('of the assistant'),
    tool_call_id: z.string().optional().describe('of a tool: the call that it answers'),
  })
  .meta({ title: 'ChatMessage', description: 'What looks like a special token in it stays text.' });
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/**
 * A prompt is a list of segments, so that the part that composes prompts needs no tokenizer and the engine needs no
 * idea of completion. Text is cut by tokens, in the engine.
 */
export const promptSegmentSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('special'),
      token: z.string().describe('a special token, as the vocabulary spells it'),
    }),
    z.object({
      kind: z.literal('text'),
      text: z.string().describe('plain text: what looks like a special token in it stays text'),
      max_tokens: z.number().int().nonnegative(),
      keep: z.enum(['start', 'end']).describe('which end survives when the text is longer than max_tokens'),
    }),
    z.object({
      kind: z.literal('raw'),
      text: z.string().describe('special tokens in it are special; it is never cut'),
    }),
    z.object({
      kind: z.literal('chat'),
      messages: z
        .array(chatMessageSchema)
        .min(1)
        .max(10_000)
        .describe('put together by the chat template of the model; never cut'),
      tools: z
        .string()
        .max(longest.tools)
        .optional()
        .describe('what the model may call, as JSON: a list of functions in OpenAI’s form'),
    }),
  ])
  .meta({ title: 'PromptSegment', description: 'A piece of a prompt.' });
export type PromptSegment = z.infer<typeof promptSegmentSchema>;
/** What prompts of editors are made of. */
export type FimSegment = Extract<PromptSegment, { kind: 'special' | 'text' }>;

export const generatePrioritySchema = z.enum(['user', 'chat', 'api', 'idle']).meta({
  title: 'GeneratePriority',
  description:
    'user: somebody waits for it at a key; chat: somebody reads along; api: a program waits, after users; idle: gives ' +
    'way, and is aborted, when somebody waits.',
});
export type GeneratePriority = z.infer<typeof generatePrioritySchema>;

export const seedSchema = z
  .number()
  .int()
  .min(0)
  .max(0xffff_ffff)
  .meta({ title: 'Seed', description: 'What a temperature above 0 draws with: the same draws the same.' });

export const generationOptionsSchema = z
  .object({
    top_k: z.number().int().min(0).max(1_000_000).default(40).describe('0: all tokens'),
    top_p: z.number().min(0).max(1).default(0.95),
    min_p: z.number().min(0).max(1).default(0),
    repeat_penalty: z.number().min(0.01).max(10).default(1),
    presence_penalty: z.number().min(-2).max(2).default(0),
    frequency_penalty: z.number().min(-2).max(2).default(0),
    stop: z
      .array(z.string().min(1).max(256))
      .max(16)
      .default([])
      .describe('the text ends before the first of them'),
    top_logprobs: z
      .number()
      .int()
      .min(0)
      .max(20)
      .nullable()
      .default(null)
      .describe('tokens to tell of beside each one that was drawn; null: nothing is told'),
    json_schema: z
      .string()
      .max(longest.jsonSchema)
      .nullable()
      .default(null)
      .describe('the text is JSON that fulfils this JSON Schema, itself written as JSON; null: any text'),
    special_text: z
      .array(z.string().min(1).max(64))
      .max(8)
      .optional()
      .describe('special tokens that are part of the text; any other one ends it'),
    reuse_cache: z
      .boolean()
      .optional()
      .describe('false: the whole prompt is evaluated, whatever the KV cache holds of it'),
    refuse_overflow: z
      .boolean()
      .default(false)
      .describe('a prompt that does not fit fails; otherwise its texts are cut'),
  })
  .meta({
    title: 'GenerationOptions',
    description: 'How a program wants its text; editors have no such wishes.',
  });
export type GenerationOptions = z.infer<typeof generationOptionsSchema>;

export const generationParamsSchema = z
  .object({
    prompt: z.array(promptSegmentSchema).max(256),
    max_tokens: z.number().int().min(0).max(1_000_000).describe('0: only fills the KV cache with the prompt'),
    temperature: z.number().min(0).max(10).describe('0: always the likeliest token'),
    seed: seedSchema.default(0),
    priority: generatePrioritySchema.default('user'),
    affinity: z
      .string()
      .max(4096)
      .describe('requests of one affinity share a sequence where possible, to reuse its KV cache'),
    options: generationOptionsSchema.optional(),
  })
  .meta({ title: 'GenerationParams', description: 'One text to write.' });
export type GenerationParams = z.infer<typeof generationParamsSchema>;

const likelyTokenSchema = z.object({
  token: z.string(),
  logprob: z.number().max(0).describe('natural logarithm of its probability, after sampling options'),
});

export const tokenLogprobSchema = likelyTokenSchema
  .extend({ top: z.array(likelyTokenSchema).max(20).describe('the likeliest ones, the first most') })
  .meta({ title: 'TokenLogprob', description: 'A token that was drawn, and those that could have been.' });
export type TokenLogprob = z.infer<typeof tokenLogprobSchema>;

export const generationStatsSchema = z
  .object({
    prompt_tokens: z.number().int(),
    reused_tokens: z.number().int().describe('of the prompt, found in the KV cache'),
    evaluated_tokens: z.number().int().describe('of the prompt, evaluated for this request'),
    generated_tokens: z.number().int(),
    queue_ms: z
      .number()
      .nonnegative()
      .nullable()
      .default(null)
      .describe('until a sequence was free for it; null: none was, or a member of before'),
    first_token_ms: z.number().nullable(),
    total_ms: z.number(),
    prefill_tokens_per_second: z
      .number()
      .nullable()
      .describe('of the evaluated tokens of the prompt; null when too few to tell'),
    tokens_per_second: z.number().nullable().describe('decode only; null for fewer than two tokens'),
  })
  .meta({ title: 'GenerationStats', description: 'What one request cost.' });
export type GenerationStats = z.infer<typeof generationStatsSchema>;

export const generationResultSchema = z
  .object({
    reason: z
      .enum(['end', 'stop', 'length', 'aborted'])
      .describe('end: the model ended by itself; stop: a stop text came'),
    stopped_by: z.string().nullable().default(null).describe('the stop text that came'),
    stats: generationStatsSchema,
  })
  .meta({ title: 'GenerationResult', description: 'How a text ended.' });
export type GenerationResult = z.infer<typeof generationResultSchema>;

export const generateFailureSchema = z.enum(['engine', 'request', 'overflow']).meta({
  title: 'GenerateFailure',
  description:
    'engine: it could not; request: what was asked for cannot be had of this model; overflow: the prompt is longer than ' +
    'the context.',
});
export type GenerateFailure = z.infer<typeof generateFailureSchema>;

export const tokensSchema = z
  .array(z.number().int().min(0).max(0x7fff_ffff))
  .max(1_000_000)
  .meta({ title: 'Tokens', description: 'Numbers in a model’s vocabulary.' });

export const tokenizeParamsSchema = z
  .object({
    text: z.string(),
    parse_special: z.boolean().describe('special tokens in it are special'),
    add_special: z.boolean().describe('begins with what prompts of this model begin with'),
  })
  .meta({ title: 'TokenizeParams', description: 'Text to tokens.' });
export type TokenizeParams = z.infer<typeof tokenizeParamsSchema>;

export const detokenizeParamsSchema = z
  .object({ tokens: tokensSchema })
  .meta({ title: 'DetokenizeParams', description: 'Tokens to text.' });
