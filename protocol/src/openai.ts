/** The part of OpenAI's API that VRAMesh speaks, as that API spells it. What is not listed is not looked at. */
import * as z from 'zod';

const modelName = z
  .string()
  .max(4096)
  .nullish()
  .describe('name of a model or id of an instance; absent: the one that answers completions');

const stop = z
  .union([z.string().min(1).max(256), z.array(z.string().min(1).max(256)).max(16)])
  .nullish()
  .describe('the text ends before the first of them');

const samplingFields = {
  temperature: z.number().min(0).max(10).nullish().describe('default 1; 0: always the likeliest token'),
  top_p: z.number().min(0).max(1).nullish().describe('default 1'),
  top_k: z.number().int().min(0).max(1_000_000).nullish().describe('default 40; 0: all (not in OpenAI’s)'),
  min_p: z.number().min(0).max(1).nullish().describe('default 0.05 (not in OpenAI’s)'),
  repeat_penalty: z.number().min(0.01).max(10).nullish().describe('default 1 (not in OpenAI’s)'),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.number().int().nullish().describe('the same draws the same'),
  stop,
  n: z.number().int().min(1).max(8).nullish().describe('texts to write'),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish().describe('one more chunk, with the usage') })
    .nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish().describe('cannot be had'),
};
const maxTokens = z.number().int().min(1).max(1_000_000).nullish();

export const completionRequestSchema = z
  .object({
    model: modelName,
    prompt: z
      .union([z.string(), z.array(z.string()).min(1).max(16)])
      .describe('special tokens in it are special'),
    suffix: z.string().nullish().describe('what follows: the model fills in the middle'),
    max_tokens: maxTokens.describe('default 16'),
    ...samplingFields,
    logprobs: z.number().int().min(0).max(20).nullish(),
    echo: z.literal(false).nullish().describe('true cannot be had'),
    best_of: z.number().int().min(1).max(8).nullish().describe('cannot be more than n'),
  })
  .meta({ title: 'CompletionRequest', description: 'Text to go on with.' });
export type CompletionRequestBody = z.infer<typeof completionRequestSchema>;

const textPartSchema = z.object({ type: z.literal('text'), text: z.string() });

export const responseFormatSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: z.string().max(256).nullish(),
        schema: z.record(z.string(), z.unknown()).describe('a JSON Schema'),
      }),
    }),
  ])
  .meta({ title: 'ResponseFormat', description: 'What a text is held to while it is sampled.' });

const name = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .describe('letters, digits, _ and -, 64 at most');

export const toolSchema = z
  .object({
    type: z.literal('function'),
    function: z.object({
      name,
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.unknown()).nullish().describe('a JSON Schema'),
      strict: z.boolean().nullish().describe('arguments are held to the schema where a call is forced'),
    }),
  })
  .meta({ title: 'Tool', description: 'A function that the model may ask to be called.' });
export type Tool = z.infer<typeof toolSchema>;

export const toolChoiceSchema = z
  .union([
    z.enum(['none', 'auto', 'required']),
    z.object({ type: z.literal('function'), function: z.object({ name }) }),
  ])
  .meta({
    title: 'ToolChoice',
    description:
      'auto: the model decides; required, or one by name: it must call, and its text is held to that.',
  });

const functionCallSchema = z
  .object({
    id: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .describe('what the message with the result names'),
    type: z.literal('function'),
    function: z.object({ name, arguments: z.string().describe('a JSON object, as JSON') }),
  })
  .meta({ title: 'FunctionCall', description: 'A function that the model asks to be called.' });
export type FunctionCall = z.infer<typeof functionCallSchema>;

const content = z.union([z.string(), z.array(textPartSchema).max(1000)]).describe('text only');

export const chatRequestMessageSchema = z
  .discriminatedUnion('role', [
    z.object({ role: z.enum(['system', 'developer', 'user']), content }),
    z.object({
      role: z.literal('assistant'),
      content: content.nullish(),
      tool_calls: z.array(functionCallSchema).max(128).nullish(),
    }),
    z.object({
      role: z.literal('tool'),
      content,
      tool_call_id: z
        .string()
        .regex(/^[\w-]{1,64}$/)
        .describe('the call that it answers'),
    }),
  ])
  .meta({ title: 'ChatRequestMessage', description: 'What somebody says, or what a call came to.' });
export type ChatRequestMessage = z.infer<typeof chatRequestMessageSchema>;

export const chatRequestSchema = z
  .object({
    model: modelName,
    messages: z.array(chatRequestMessageSchema).min(1).max(10_000),
    max_tokens: maxTokens.describe('default: what the context has left'),
    max_completion_tokens: maxTokens.describe('the newer name of the same'),
    ...samplingFields,
    logprobs: z.boolean().nullish(),
    top_logprobs: z.number().int().min(0).max(20).nullish(),
    response_format: responseFormatSchema.nullish(),
    tools: z.array(toolSchema).max(128).nullish().describe('where the chat template of the model has them'),
    tool_choice: toolChoiceSchema.nullish().describe('default auto'),
    parallel_tool_calls: z.boolean().nullish().describe('false: the answer ends with its first call'),
  })
  .meta({ title: 'ChatRequest', description: 'A conversation to go on with.' });
export type ChatRequestBody = z.infer<typeof chatRequestSchema>;

export const usageSchema = z
  .object({
    prompt_tokens: z.number().int().nonnegative(),
    completion_tokens: z.number().int().nonnegative(),
    total_tokens: z.number().int().nonnegative(),
    prompt_tokens_details: z.object({
      cached_tokens: z.number().int().nonnegative().describe('found in the KV cache'),
    }),
  })
  .meta({ title: 'Usage', description: 'Tokens that a request came to.' });
export type Usage = z.infer<typeof usageSchema>;

const finishReason = z.enum(['stop', 'length']);
const chatFinishReason = z.enum(['stop', 'length', 'tool_calls']);
const answerFields = {
  id: z.string(),
  created: z.number().int().describe('s since 1970'),
  model: z.string(),
};

const completionLogprobsSchema = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number()),
  top_logprobs: z.array(z.record(z.string(), z.number())),
  text_offset: z.array(z.number().int()).describe('UTF-16 units'),
});
export type CompletionLogprobs = z.infer<typeof completionLogprobsSchema>;

export const completionAnswerSchema = z
  .object({
    ...answerFields,
    object: z.literal('text_completion'),
    choices: z.array(
      z.object({
        index: z.number().int(),
        text: z.string(),
        logprobs: completionLogprobsSchema.nullable(),
        finish_reason: finishReason.nullable().describe('null: more follows, in a stream'),
      }),
    ),
    usage: usageSchema.nullish(),
  })
  .meta({ title: 'CompletionAnswer', description: 'Text; each event of a stream is one, too.' });
export type CompletionAnswer = z.infer<typeof completionAnswerSchema>;

const chatLogprobSchema = z.object({
  token: z.string(),
  logprob: z.number().describe('natural logarithm of its probability, after sampling options'),
  bytes: z.array(z.number().int()).nullable(),
});

const chatLogprobsSchema = z.object({
  content: z.array(chatLogprobSchema.extend({ top_logprobs: z.array(chatLogprobSchema) })),
  refusal: z.null(),
});
export type ChatLogprobs = z.infer<typeof chatLogprobsSchema>;

export const chatAnswerSchema = z
  .object({
    ...answerFields,
    object: z.literal('chat.completion'),
    choices: z.array(
      z.object({
        index: z.number().int(),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string().nullable().describe('null: it only calls'),
          refusal: z.null(),
          tool_calls: z.array(functionCallSchema).optional(),
        }),
        logprobs: chatLogprobsSchema.nullable(),
        finish_reason: chatFinishReason,
      }),
    ),
    usage: usageSchema,
  })
  .meta({ title: 'ChatAnswer', description: 'What the assistant says.' });
export type ChatAnswer = z.infer<typeof chatAnswerSchema>;

export const chatChunkSchema = z
  .object({
    ...answerFields,
    object: z.literal('chat.completion.chunk'),
    choices: z.array(
      z.object({
        index: z.number().int(),
        delta: z.object({
          role: z.literal('assistant').optional(),
          content: z.string().optional(),
          tool_calls: z
            .array(functionCallSchema.extend({ index: z.number().int() }))
            .optional()
            .describe('each one whole'),
        }),
        logprobs: chatLogprobsSchema.nullable(),
        finish_reason: chatFinishReason.nullable(),
      }),
    ),
    usage: usageSchema.nullish(),
  })
  .meta({ title: 'ChatChunk', description: 'An event of a stream.' });
export type ChatChunk = z.infer<typeof chatChunkSchema>;

export const openAiModelSchema = z
  .object({
    id: z.string().describe('what `model` may be'),
    object: z.literal('model'),
    created: z.number().int(),
    owned_by: z.string(),
    instances: z.array(z.string()).describe('ids of its placed instances; empty: it is not placed'),
    ready: z.boolean().describe('whether one of them answers at once'),
  })
  .meta({ title: 'OpenAiModel', description: 'A model of the cluster.' });
export type OpenAiModel = z.infer<typeof openAiModelSchema>;

export const openAiModelsSchema = z
  .object({ object: z.literal('list'), data: z.array(openAiModelSchema) })
  .meta({ title: 'OpenAiModels', description: 'The models that can be asked, placed ones first.' });

export const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string().describe('what happened and what to do, for people'),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({
    title: 'OpenAiError',
    description: 'The body of every answer under /v1 with a status of 400 or more.',
  });
export type OpenAiError = z.infer<typeof openAiErrorSchema>;
