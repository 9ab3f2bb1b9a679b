/** A placed model, as everyone outside the host sees it. */
import * as z from 'zod';
import { fimTokensSchema, modelRefSchema, toolFormatSchema } from './model';
import { previewSchema, roleSchema } from './placement';

export const backendSchema = z
  .enum(['cuda', 'vulkan', 'metal', 'cpu'])
  .meta({ title: 'Backend', description: 'The compute library that llama.cpp runs on.' });
export type Backend = z.infer<typeof backendSchema>;

export const measuredMemorySchema = z
  .object({
    node_id: z.string(),
    device_id: z.string(),
    predicted_bytes: z.number().int().nonnegative(),
    buffers_bytes: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .describe('llama.cpp’s own buffers there, as its log says'),
    driver_bytes: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .describe('of the engine’s process there, as NVML says; null where it does not'),
  })
  .meta({
    title: 'MeasuredMemory',
    description: 'The memory of one device: what was previewed, and what it came to.',
  });
export type MeasuredMemory = z.infer<typeof measuredMemorySchema>;

export const shardStateSchema = z
  .object({
    node_id: z.string(),
    node_name: z.string(),
    layers: z.number().int().nonnegative(),
    weights_bytes: z.number().int().nonnegative(),
    sent_bytes: z.number().int().nonnegative().describe('to it, since it was borrowed'),
    received_bytes: z.number().int().nonnegative(),
    load_bytes_per_second: z.number().int().nonnegative().nullable().describe('while the model is loading'),
    cached_bytes: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .describe('of the weights, that it had kept from an earlier load; null while loading'),
    bytes_per_token: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .describe('both ways, of the prompts and the answers so far; null: there were none'),
  })
  .meta({
    title: 'ShardState',
    description:
      'Layers of an instance that lie on another node, and what is said over the network for them.',
  });
export type ShardState = z.infer<typeof shardStateSchema>;

export const instanceSchema = z
  .object({
    id: z.string(),
    node_id: z.string().describe('of its coordinator: the node that runs the engine'),
    model: modelRefSchema,
    placed_by: z
      .enum(['user', 'default'])
      .describe('default: nobody chose a model, so the embedded one was placed'),
    role: roleSchema,
    state: z
      .enum(['placing', 'loading', 'ready', 'idle', 'restarting', 'failed'])
      .describe(
        'placing: its memory is worked out and leased; idle: unloaded, the next request brings it back; ' +
          'restarting: its engine died and comes back by itself; failed: stays down until it is placed again',
      ),
    progress: z.number().min(0).max(1).nullable().describe('of loading; null while unknown'),
    error: z.string().nullable().describe('why it failed or is restarting, and what to do'),
    note: z
      .string()
      .nullable()
      .describe('what the user should know though it works, e.g. fewer layers on the GPU'),
    engine_deaths: z.number().int().nonnegative().describe('in a row, since it was last ready and answered'),
    engine_pid: z.number().int().nullable(),

    placement: previewSchema.nullable().describe('what it was placed on; null while that is worked out'),
    memory: z.array(measuredMemorySchema).describe('per device, once it is loaded'),
    shards: z
      .array(shardStateSchema)
      .describe('in the order of the layers; empty: all of it is on its coordinator'),
    backend: backendSchema.nullable(),
    devices: z.array(z.string()).describe('device names as the backend spells them; empty on the CPU'),
    layers: z.number().int().nonnegative().nullable(),
    layers_on_gpu: z.number().int().nonnegative().nullable(),
    context_size: z.number().int().positive().nullable().describe('tokens, per sequence'),
    batch_size: z
      .number()
      .int()
      .positive()
      .nullable()
      .describe('tokens that one decode call evaluates at most'),
    sequences: z.number().int().positive().nullable().describe('requests that are decoded side by side'),
    threads: z.number().int().positive().nullable().describe('CPU threads, chosen by measurement'),
    fim: fimTokensSchema
      .nullable()
      .describe('null: the vocabulary has none, completions are off for this model'),
    chat_template: z
      .boolean()
      .nullable()
      .default(null)
      .describe('whether its file says how a conversation is put to it; null until it was loaded once'),
    tool_format: toolFormatSchema
      .nullable()
      .default(null)
      .describe('as its chat template teaches it; null: it takes no functions, or a member of before'),
    tokens_per_second: z.number().nonnegative().nullable().describe('decode speed of the last completion'),
    prefill_tokens_per_second: z.number().nonnegative().nullable().describe('of the last long prompt'),
  })
  .meta({ title: 'Instance', description: 'A placed model: loading, ready or failed.' });
export type Instance = z.infer<typeof instanceSchema>;
