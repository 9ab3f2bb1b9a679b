/** Placements: what is wished for, and previews of what can be had. */
import * as z from 'zod';
import { kvCacheTypeSchema } from './model';

const bytes = z.number().int().nonnegative();

export const roleSchema = z.enum(['completion', 'chat']).meta({
  title: 'Role',
  description: 'What an instance is for. A chat model never evicts the completion model.',
});
export type Role = z.infer<typeof roleSchema>;

/** That programs may have decoded side by side. Where editors complete, one sequence stays for the next key. */
export function sequencesForPrograms(role: Role, sequences: number): number {
  return role === 'completion' ? Math.max(1, sequences - 1) : sequences;
}

export const wishesSchema = z
  .object({
    prefer_gpu: z.boolean().default(true).describe('false: RAM and CPU, although there are GPUs'),
    min_nodes: z.number().int().min(1).max(1000).default(1),
    sharding: z
      .enum(['Pipeline', 'Tensor'])
      .default('Pipeline')
      .describe('whole layers per device; Tensor is answered with the reason why not'),
    nodes: z
      .array(z.string().max(128))
      .max(1000)
      .optional()
      .describe('ids of the only nodes that may be used'),
    context_size: z
      .number()
      .int()
      .min(256)
      .max(1_048_576)
      .optional()
      .describe('tokens per sequence; default 4096, less when memory is short or the model has less'),
    sequences: z.number().int().min(1).max(32).default(4).describe('requests that are decoded side by side'),
    kv_cache_type: kvCacheTypeSchema.default('f16'),
    role: roleSchema.default('completion'),
  })
  .meta({ title: 'Wishes', description: 'How a model shall be placed.' });
export type Wishes = z.infer<typeof wishesSchema>;

export const shareSchema = z
  .object({
    node_id: z.string(),
    node_name: z.string(),
    device_id: z.string().describe('uuid of the GPU, or "cpu"'),
    device_name: z.string(),
    gpu_index: z.number().int().nonnegative().nullable().describe('position in its node; null: the CPU'),
    first_layer: z.number().int().nonnegative(),
    layers: z.number().int().nonnegative().describe('the output layer counts as one'),
    weights_bytes: bytes,
    kv_cache_bytes: bytes,
    compute_bytes: bytes,
    overhead_bytes: bytes.describe('what the driver takes for a process, beside llama.cpp’s buffers'),
    total_bytes: bytes.describe('sum of the four'),
    free_bytes: bytes.describe('on the device before, without what is promised to others'),
    capacity_bytes: bytes.describe('of the whole device'),
  })
  .meta({ title: 'Share', description: 'What one device holds of a placement.' });
export type Share = z.infer<typeof shareSchema>;

export const previewSchema = z
  .object({
    id: z.string().describe('names the same devices each time: what `place` takes to get just this'),
    model_id: z.string(),
    kind: z
      .enum(['gpu', 'gpus', 'nodes', 'gpu+cpu', 'cpu', 'none'])
      .describe(
        'one GPU, several of one node, several nodes, both, the CPU; none: refused before any device',
      ),
    sharding: z.enum(['Pipeline', 'Tensor']),
    nodes: z.array(z.string()).describe('ids; the coordinator first'),
    shares: z
      .array(shareSchema)
      .describe('in the order of the layers; empty when nothing could be worked out'),
    layers: z.number().int().nonnegative(),
    layers_on_gpu: z.number().int().nonnegative(),
    context_size: z.number().int().positive().describe('tokens per sequence'),
    sequences: z.number().int().positive(),
    kv_cache_type: kvCacheTypeSchema,
    decode_tokens_per_second: z.number().nonnegative().nullable(),
    prefill_tokens_per_second: z.number().nonnegative().nullable(),
    speed_source: z
      .enum(['predicted', 'measured'])
      .describe('measured: corrected by a run on the same devices'),
    transfer_seconds: z
      .number()
      .nonnegative()
      .nullable()
      .describe(
        'that its weights take to other nodes over the measured links, at the first load; null: they stay, or unknown',
      ),
    error: z.string().nullable().describe('why it cannot be, with how much is missing where; null: it can'),
  })
  .meta({
    title: 'Preview',
    description: 'A placement that has not been made, or the reason why it cannot be.',
  });
export type Preview = z.infer<typeof previewSchema>;

/** Whether a preview, as its coordinator calls it, has layers on several nodes. */
export function isOverNodes(previewId: string | null): boolean {
  return previewId?.startsWith('nodes') ?? false;
}

/** Whether it has to be said on which machine each of them would be. */
export function onSeveralMachines(previews: readonly Preview[]): boolean {
  return new Set(previews.flatMap(({ nodes }) => nodes)).size > 1;
}
