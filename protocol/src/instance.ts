/** A placed model, as everyone outside the host sees it. */
import * as z from 'zod';

export const backendSchema = z
  .enum(['cuda', 'vulkan', 'metal', 'cpu'])
  .meta({ title: 'Backend', description: 'The compute library that llama.cpp runs on.' });
export type Backend = z.infer<typeof backendSchema>;

export const modelRefSchema = z
  .object({
    id: z.string().describe('what `place` takes: "vramesh-tiny", or the path of a GGUF'),
    name: z.string(),
    path: z.string(),
    size_bytes: z.number().int().nonnegative(),
    embedded: z
      .boolean()
      .describe('the small model that ships with VRAMesh: good for a first run, weak by nature'),
  })
  .meta({ title: 'ModelRef', description: 'A model file on this machine.' });
export type ModelRef = z.infer<typeof modelRefSchema>;

export const fimTokensSchema = z
  .object({
    prefix: z.string(),
    suffix: z.string(),
    middle: z
      .string()
      .nullable()
      .describe('null: the model is prompted suffix first and writes on after the prefix'),
  })
  .meta({
    title: 'FimTokens',
    description: 'Fill-in-the-middle tokens, as the GGUF’s own vocabulary spells them.',
  });
export type FimTokens = z.infer<typeof fimTokensSchema>;

export const instanceSchema = z
  .object({
    id: z.string(),
    model: modelRefSchema,
    placed_by: z
      .enum(['user', 'default'])
      .describe('default: nobody chose a model, so the embedded one was placed'),
    state: z
      .enum(['loading', 'ready', 'restarting', 'failed'])
      .describe(
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
    tokens_per_second: z.number().nonnegative().nullable().describe('decode speed of the last completion'),
  })
  .meta({ title: 'Instance', description: 'A placed model: loading, ready or failed.' });
export type Instance = z.infer<typeof instanceSchema>;
