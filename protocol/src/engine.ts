/**
 * Host ↔ engine, over the child process's IPC channel. The engine is trusted code but a fragile process: it may die
 * between any two messages, so nothing here needs an answer to stay correct.
 */
import * as z from 'zod';
import {
  detokenizeParamsSchema,
  generateFailureSchema,
  generationParamsSchema,
  generationResultSchema,
  tokenizeParamsSchema,
  tokenLogprobSchema,
  tokensSchema,
} from './generation';
import { backendSchema } from './instance';
import {
  fimTokensSchema,
  kvCacheTypeSchema,
  modelFactsSchema,
  modelNeedSchema,
  toolFormatSchema,
} from './model';

export const loadFailureSchema = z.enum(['backend', 'memory', 'model']).meta({
  title: 'LoadFailure',
  description: 'backend: cannot be used here; memory: too little; model: the file is bad.',
});
export type LoadFailure = z.infer<typeof loadFailureSchema>;

export const toEngineSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('load'),
      model_path: z.string(),
      backend: backendSchema,
      gpu_layers: z
        .number()
        .int()
        .nonnegative()
        .describe('the last so many layers go to the GPUs that the process can see'),
      context_size: z.number().int().positive().describe('tokens per sequence'),
      kv_cache_type: kvCacheTypeSchema,
      sequences: z.number().int().positive(),
      program_sequences: z
        .number()
        .int()
        .positive()
        .describe('that requests of programs may have at a time; the others are for users'),
    }),
    z
      .object({
        type: z.literal('inspect'),
        id: z.number().int(),
        model_path: z.string(),
        backend: backendSchema,
        context_size: z.number().int().positive().describe('tokens per sequence, at most'),
        sequences: z.number().int().positive(),
        kv_cache_type: kvCacheTypeSchema,
      })
      .describe('a dry run: reads the file, allocates nothing'),
    z.object({ type: z.literal('measure_memory') }).describe('how fast the CPU reads RAM'),
    z
      .object({
        type: z.literal('serve_shard'),
        backend: backendSchema,
        library: z.string().describe('path of the native library, which GGML_BACKEND_PATH names, too'),
        devices: z
          .array(z.object({ kind: z.enum(['gpu', 'cpu']), bytes: z.number().int().nonnegative() }))
          .min(1)
          .describe('in the order of the layers; the GPUs are those that the process sees'),
        socket: z.string().describe('path of the Unix socket to listen at'),
        cache_folder: z.string().describe('of tensors that were sent before'),
        cache_bytes: z.number().int().nonnegative().describe('that may be added to it'),
      })
      .describe('lends devices to one coordinator, and ends when it hangs up'),
    generationParamsSchema.extend({ type: z.literal('generate'), id: z.number().int() }),
    z.object({ type: z.literal('tokenize'), id: z.number().int(), ...tokenizeParamsSchema.shape }),
    z.object({ type: z.literal('detokenize'), id: z.number().int(), ...detokenizeParamsSchema.shape }),
    z.object({ type: z.literal('abort'), id: z.number().int() }),
  ])
  .meta({ title: 'ToEngine', description: 'Host to engine.' });
export type ToEngine = z.infer<typeof toEngineSchema>;

export const engineBufferSchema = z
  .object({
    device: z.string().describe('as llama.cpp names it: "CUDA0", "Vulkan1", "CPU", "CUDA_Host"'),
    kind: z.enum(['weights', 'kv_cache', 'compute', 'output']),
    bytes: z.number().int().nonnegative(),
  })
  .meta({ title: 'EngineBuffer', description: 'A buffer that llama.cpp allocated, from its own log.' });
export type EngineBuffer = z.infer<typeof engineBufferSchema>;

export const loadedModelSchema = z
  .object({
    architecture: z.string(),
    devices: z.array(z.string()).describe('as the backend spells them; empty on the CPU'),
    layers: z.number().int(),
    layers_on_gpu: z.number().int(),
    context_size: z.number().int().describe('tokens per sequence'),
    trained_context_size: z.number().int().describe('tokens that the model was trained for'),
    batch_size: z.number().int(),
    sequences: z.number().int(),
    threads: z.number().int(),
    fim: fimTokensSchema.nullable(),
    chat_template: z.boolean(),
    tool_format: toolFormatSchema.nullable(),
    buffers: z.array(engineBufferSchema),
  })
  .meta({ title: 'LoadedModel', description: 'What the engine knows once the model is in memory.' });
export type LoadedModel = z.infer<typeof loadedModelSchema>;

export const fromEngineSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('progress'), fraction: z.number().min(0).max(1) }),
    z.object({ type: z.literal('loaded'), model: loadedModelSchema }),
    z.object({ type: z.literal('load_failed'), reason: loadFailureSchema, message: z.string() }),
    z.object({
      type: z.literal('inspected'),
      id: z.number().int(),
      facts: modelFactsSchema,
      need: modelNeedSchema,
    }),
    z.object({
      type: z.literal('inspect_failed'),
      id: z.number().int(),
      message: z.string(),
    }),
    z.object({ type: z.literal('shard_ready') }).describe('it listens'),
    z.object({ type: z.literal('shard_failed'), message: z.string() }),
    z.object({
      type: z.literal('shard_memory'),
      used_bytes: z.array(z.number().int().nonnegative()).describe('per device, in the order of the lease'),
    }),
    z.object({ type: z.literal('memory_measured'), bytes_per_second: z.number().positive() }),
    z.object({
      type: z.literal('token'),
      id: z.number().int(),
      text: z.string(),
      logprobs: z
        .array(tokenLogprobSchema)
        .optional()
        .describe('of the tokens of this text, where asked for'),
    }),
    generationResultSchema.extend({ type: z.literal('done'), id: z.number().int() }),
    z.object({
      type: z.literal('generate_failed'),
      id: z.number().int(),
      reason: generateFailureSchema,
      message: z.string(),
    }),
    z.object({ type: z.literal('tokenized'), id: z.number().int(), tokens: tokensSchema }),
    z.object({ type: z.literal('detokenized'), id: z.number().int(), text: z.string() }),
    z.object({ type: z.literal('tokenize_failed'), id: z.number().int(), message: z.string() }),
    z.object({ type: z.literal('alive') }).describe('sent during a long prefill: slow, not frozen'),
    z.object({
      type: z.literal('log'),
      level: z.enum(['debug', 'info', 'warn', 'error']),
      message: z.string(),
    }),
  ])
  .meta({ title: 'FromEngine', description: 'Engine to host.' });
export type FromEngine = z.infer<typeof fromEngineSchema>;
