/** The wishes of a placement, as a query spells them: text, lists with commas. */
import * as z from 'zod';
import { type Wishes, wishesSchema } from '#protocol';
import { HttpError } from './errors';

const wholeNumber = z.string().regex(/^\d{1,7}$/, 'must be a whole number');

export const wishesQuerySchema = z.object({
  model_id: z.string().min(1).max(4096).describe('id or name of a model, or the path of a GGUF'),
  prefer_gpu: z.enum(['true', 'false']).optional(),
  min_nodes: wholeNumber.optional(),
  sharding: z.string().max(32).optional().describe('Pipeline; Tensor is answered with the reason why not'),
  nodes: z.string().max(100_000).optional().describe('ids with commas: the only nodes that may be used'),
  context_size: wholeNumber.optional().describe('tokens per sequence'),
  sequences: wholeNumber.optional(),
  kv_cache_type: z.string().max(32).optional(),
  role: z.string().max(32).optional(),
});

export function wishesOf(query: z.infer<typeof wishesQuerySchema>): Wishes {
  const { prefer_gpu, min_nodes, nodes, context_size, sequences, ...words } = query;
  const checked = wishesSchema.safeParse({
    ...words,
    prefer_gpu: prefer_gpu === undefined ? undefined : prefer_gpu === 'true',
    min_nodes: numberOf(min_nodes),
    nodes: nodes?.split(',').filter((id) => id !== ''),
    context_size: numberOf(context_size),
    sequences: numberOf(sequences),
  });
  if (checked.success) return checked.data;
  throw new HttpError(400, `querystring: ${z.prettifyError(checked.error)}`);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
