/** Host ↔ host: what one needs of another to place a model there, and to copy its file. */
import * as z from 'zod';
import { instanceSchema } from './instance';
import { kvCacheTypeSchema, modelFactsSchema, modelNeedSchema } from './model';
import { previewSchema, wishesSchema } from './placement';
import { nodeIdSchema } from './roster';

const bytes = z.number().int().nonnegative();

export const sharedModelSchema = z
  .object({
    name: z.string().min(1).max(256),
    size_bytes: bytes.describe('of all parts'),
    file: z.string().min(1).max(255).describe('file name, of a split model that of its first part'),
  })
  .meta({
    title: 'SharedModel',
    description: 'A model file of a node, as others see it: name and size tell it apart.',
  });
export type SharedModel = z.infer<typeof sharedModelSchema>;

export const deviceOfferSchema = z
  .object({
    id: z.string().max(128),
    name: z.string().max(256),
    kind: z.enum(['gpu', 'cpu']),
    index: z.number().int().nonnegative().nullable(),
    capacity_bytes: bytes,
    free_bytes: bytes.describe('now, without what is promised to others'),
    overhead_bytes: bytes.describe('of a process there, beside llama.cpp’s buffers'),
    bandwidth: z.number().nonnegative().nullable().describe('bytes/s of its memory'),
    obstacle: z.string().max(1000).nullable().describe('why it cannot be used; null: it can'),
  })
  .meta({ title: 'DeviceOffer', description: 'A device of a node and what it could hold.' });
export type DeviceOffer = z.infer<typeof deviceOfferSchema>;

const studySchema = z.object({ facts: modelFactsSchema, need: modelNeedSchema });

export const peerStudyRequest = {
  method: 'node/study',
  kind: 'request',
  direction: 'host to host',
  description: 'What a model file of the receiver says about itself, and what memory it needs.',
  params: z.object({
    model: sharedModelSchema,
    context_size: z.number().int().min(1).max(1_048_576),
    sequences: z.number().int().min(1).max(32),
    kv_cache_type: kvCacheTypeSchema,
  }),
  result: studySchema,
} as const;

export const peerPreviewsRequest = {
  method: 'node/previews',
  kind: 'request',
  direction: 'host to host',
  description:
    'Where on the receiver a model could run. It is the authority on its own memory; where it has the file, its own ' +
    'dry run counts instead of `need`.',
  params: z.object({
    model: sharedModelSchema,
    wishes: wishesSchema,
    ...studySchema.shape,
    together: z
      .boolean()
      .default(false)
      .describe(
        'the receiver, which must have the file, as the coordinator of several nodes, as it sees them',
      ),
  }),
  result: z.object({
    previews: z.array(previewSchema).max(200),
    devices: z.array(deviceOfferSchema).max(64),
  }),
} as const;

export const peerPlaceRequest = {
  method: 'node/place',
  kind: 'request',
  direction: 'host to host',
  description:
    'Places a model on the receiver, which copies the file first where it lacks it. Answers when it is ready; its node ' +
    'document shows how far it is. Cancelling removes what was begun, but not what has been copied; with `keep_failure`, ' +
    'nothing is removed.',
  params: z.object({
    model: sharedModelSchema,
    holders: z.array(nodeIdSchema).max(256).describe('nodes that have the file, the best first'),
    wishes: wishesSchema,
    preview_id: z
      .string()
      .max(20_000)
      .nullable()
      .describe('in the words of the receiver; null: the best that works'),
    keep_failure: z
      .boolean()
      .default(false)
      .describe('nobody waits to hear of a failure: the instance stays, failed, with its reason'),
  }),
  result: z.object({ instance: instanceSchema }),
} as const;

export const fileRequestSchema = z
  .object({
    file: z.string().min(1).max(255).describe('of a model that the receiver lists; a part of it'),
    start: bytes.describe('offset of the first byte'),
    end: bytes.nullable().describe('offset of the last byte; null: the end of the file'),
  })
  .meta({
    title: 'FileRequest',
    description:
      'The one frame of who opened a `file` connection. The answer is a frame, and then the bytes.',
  });
export type FileRequest = z.infer<typeof fileRequestSchema>;

export const fileAnswerSchema = z
  .discriminatedUnion('found', [
    z.object({
      found: z.literal(true),
      total_bytes: bytes,
      start: bytes,
      end: bytes,
      validator: z.string().max(200).describe('another one: the file has changed'),
    }),
    z.object({ found: z.literal(false), message: z.string().max(1000) }),
  ])
  .meta({ title: 'FileAnswer', description: 'Whether the bytes follow.' });
export type FileAnswer = z.infer<typeof fileAnswerSchema>;
