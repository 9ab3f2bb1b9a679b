/** Model files: what can be placed, what a GGUF says about itself, what is being fetched. */
import * as z from 'zod';

const bytes = z.number().int().nonnegative();

export const modelRefSchema = z
  .object({
    id: z.string().describe('what `place` takes: "vramesh-tiny", or the path of a GGUF'),
    name: z.string(),
    path: z.string().describe('of a split model: its first part'),
    size_bytes: bytes.describe('of all parts'),
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
    repository: z
      .string()
      .nullable()
      .default(null)
      .describe('before the name of a repository, where the model knows other files of it'),
    file: z.string().nullable().default(null).describe('before the path of each of its files'),
  })
  .meta({
    title: 'FimTokens',
    description: 'Fill-in-the-middle tokens, as the GGUF’s own vocabulary spells them.',
  });
export type FimTokens = z.infer<typeof fimTokensSchema>;

export const toolFormatSchema = z.enum(['hermes', 'llama', 'mistral']).meta({
  title: 'ToolFormat',
  description:
    'How a model calls functions. hermes: JSON between <tool_call> and </tool_call>; llama: an answer that is JSON with ' +
    '"parameters"; mistral: [TOOL_CALLS] and a list.',
});
export type ToolFormat = z.infer<typeof toolFormatSchema>;

export const modelFactsSchema = z
  .object({
    architecture: z.string(),
    layers: z.number().int().positive().describe('blocks, and the output layer as one more'),
    context_size: z.number().int().positive().describe('tokens that the model was trained for'),
    embedding_size: z.number().int().positive(),
    parameters: z.number().nonnegative().describe('weights, counted from the tensors'),
    active_share: z
      .number()
      .min(0)
      .max(1)
      .describe('share of a block’s weights that one token reads; below 1 for a mixture of experts'),
    quantization: z.string().nullable().describe('the type of most weights, "Q4_K"'),
    fim: fimTokensSchema.nullable().describe('null: the vocabulary has none, no completions with this model'),
    chat_template: z.boolean(),
  })
  .meta({ title: 'ModelFacts', description: 'What a GGUF says about itself, read without loading it.' });
export type ModelFacts = z.infer<typeof modelFactsSchema>;

export const kvCacheTypeSchema = z
  .enum(['f16', 'q8_0', 'q4_0'])
  .meta({ title: 'KvCacheType', description: 'How the KV cache holds its numbers: fewer bits, less VRAM.' });
export type KvCacheType = z.infer<typeof kvCacheTypeSchema>;

export const modelNeedSchema = z
  .object({
    context_size: z.number().int().positive().describe('tokens per sequence that this was worked out for'),
    sequences: z.number().int().positive(),
    kv_cache_type: kvCacheTypeSchema,
    block_weights: z.array(bytes).min(1).describe('bytes of each block, in order'),
    block_kv: z.array(bytes).min(1).describe('bytes of KV cache of each block, for all sequences'),
    output_weights: bytes.describe('of the output layer, which lies where the last layers are'),
    input_weights: bytes.describe('of the embeddings, always in the RAM of the coordinator'),
    compute: z
      .object({
        gpu_whole: bytes.describe('on the only GPU, when every layer is there'),
        gpu_partial: bytes.describe('on a GPU, when some layers stay on the CPU'),
        gpu_several: bytes.describe('on each of several GPUs'),
        cpu: bytes.describe('RAM, when every layer is on the CPU'),
        beside_gpu: bytes.describe('RAM of the coordinator, when layers are on a GPU'),
      })
      .describe('compute buffers'),
    simulated: z
      .boolean()
      .describe('a dry run on a GPU backend; false: there is none here, GPU buffers are taken generously'),
  })
  .meta({ title: 'ModelNeed', description: 'Memory that a model needs, as the engine’s own dry run says.' });
export type ModelNeed = z.infer<typeof modelNeedSchema>;

export const modelListingSchema = z
  .object({
    model: modelRefSchema,
    facts: modelFactsSchema.nullable().describe('null: not read yet, or not readable'),
    problem: z.string().nullable().describe('why it cannot be used, and what to do'),
    fit: z
      .enum(['gpu', 'gpu+cpu', 'cpu', 'none'])
      .nullable()
      .describe('the best that this cluster can do with it now; null: not known yet'),
    instances: z.array(z.string()).describe('ids of the instances that run it'),
    deletable: z.boolean().describe('it lies in the models folder of VRAMesh and is not embedded'),
  })
  .meta({ title: 'ModelListing', description: 'A model on this machine, and what can be done with it.' });
export type ModelListing = z.infer<typeof modelListingSchema>;

export const modelElsewhereSchema = z
  .object({
    name: z.string().describe('what `place` and `preview` take'),
    size_bytes: bytes,
    machines: z.array(z.string()).min(1).describe('names of those that have it, the nearest first'),
  })
  .meta({ title: 'ModelElsewhere', description: 'A model that only other machines of the cluster have.' });
export type ModelElsewhere = z.infer<typeof modelElsewhereSchema>;

export const catalogueEntrySchema = z
  .object({
    id: z.string().describe('what `pull` takes: "qwen2.5-coder-1.5b"'),
    name: z.string(),
    parameters: z.string().describe('"1.5B", or "30B, 3B active"'),
    repository: z.string().describe('owner/name on Hugging Face'),
    files: z.record(z.string(), z.string()).describe('quantisation → file; of a split model its first part'),
    default_quantization: z.string(),
    context_size: z.number().int().positive().describe('tokens that the model was trained for'),
    licence: z.string(),
    good_at: z.string(),
    source: z.string().describe('public page that confirms this entry'),
  })
  .meta({ title: 'CatalogueEntry', description: 'A model that is known to complete code well.' });
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

export const downloadSchema = z
  .object({
    id: z.string(),
    node_id: z.string().describe('that fetches it'),
    source: z.string().describe('as it was asked for: a catalogue id, hf:owner/repo/file, or a URL'),
    name: z.string().describe('file name'),
    state: z.enum(['waiting', 'downloading', 'verifying', 'paused', 'failed', 'done']),
    bytes: bytes.describe('bytes on disk, of all parts; never more than total_bytes'),
    total_bytes: bytes.nullable(),
    bytes_per_second: z.number().nonnegative().nullable(),
    seconds_left: z.number().nonnegative().nullable(),
    error: z.string().nullable().describe('what happened, what was kept, what to do'),
    model_id: z.string().nullable().describe('what `place` takes, once it is done'),
  })
  .meta({ title: 'Download', description: 'A model that is being fetched, or was.' });
export type Download = z.infer<typeof downloadSchema>;
