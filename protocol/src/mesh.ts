/**
 * Host ↔ host, over TLS 1.3 with both certificates checked. A connection begins with one hello each way (a frame: 4
 * bytes of length, big-endian, then JSON), and then belongs to its kind: `control` and `completion` speak JSON-RPC,
 * `file` is raw bytes after one more frame each way.
 */
import * as z from 'zod';
import { generationStatsSchema, promptSegmentSchema } from './engine';
import { instanceSchema } from './instance';
import { downloadSchema, modelRefSchema } from './model';
import { previewSchema, wishesSchema } from './placement';
import { nodeIdSchema, nodeNameSchema, peerAddressSchema, rosterSchema } from './roster';
import { nodeProfileSchema } from './state';

/** A newer minor version only adds; another major one cannot be understood. */
export const meshVersion = { major: 1, minor: 0 } as const;

const bytes = z.number().int().nonnegative();
const nothing = z.object({});

const meshVersionSchema = z.object({
  major: z.number().int().nonnegative(),
  minor: z.number().int().nonnegative(),
});

export const channelKindSchema = z
  .enum(['join', 'control', 'completion', 'file'])
  .meta({ title: 'ChannelKind', description: 'What a connection between two hosts is for.' });
export type ChannelKind = z.infer<typeof channelKindSchema>;

export const helloSchema = z
  .object({
    protocol: meshVersionSchema,
    kind: z.string().max(32).describe('a ChannelKind; others are refused in words'),
    version: z.string().max(64).describe('of VRAMesh'),
    name: nodeNameSchema,
  })
  .meta({ title: 'Hello', description: 'The first frame of who opened a connection.' });
export type Hello = z.infer<typeof helloSchema>;

export const helloAnswerSchema = z
  .object({
    protocol: meshVersionSchema,
    version: z.string().max(64),
    name: nodeNameSchema,
    refused: z.string().max(1000).nullable().describe('why the connection is closed now; null: it is open'),
  })
  .meta({ title: 'HelloAnswer', description: 'The first frame of who accepted a connection.' });
export type HelloAnswer = z.infer<typeof helloAnswerSchema>;

export const deviceOfferSchema = z
  .object({
    id: z.string().max(128).describe('uuid of a GPU, or "cpu"'),
    name: z.string().max(256),
    kind: z.enum(['gpu', 'cpu']),
    index: z.number().int().nonnegative().nullable(),
    capacity_bytes: bytes,
    free_bytes: bytes.describe('without what is promised to placements'),
    overhead_bytes: bytes,
    bandwidth: z.number().nonnegative().nullable().describe('bytes/s of its memory'),
    obstacle: z.string().max(1000).nullable().describe('why it cannot be used; null: it can'),
  })
  .meta({ title: 'DeviceOffer', description: 'A device, and how much of it placements may take.' });
export type DeviceOffer = z.infer<typeof deviceOfferSchema>;

/** Sections are replaced whole; a node sends those that changed. */
export const nodeDocumentSchema = z
  .object({
    profile: nodeProfileSchema,
    devices: z.array(deviceOfferSchema).max(65),
    models: z.array(modelRefSchema).max(1000).describe('on its disk'),
    instances: z.array(instanceSchema).max(100).describe('that it coordinates'),
    downloads: z.array(downloadSchema).max(100),
    addresses: z.array(peerAddressSchema).max(32).describe('where it listens'),
    requests: z.number().int().nonnegative().describe('completions that it is working on'),
  })
  .meta({
    title: 'NodeDocument',
    description: 'Everything that a node says about itself. Only it writes it.',
  });
export type NodeDocument = z.infer<typeof nodeDocumentSchema>;

export const documentUpdateSchema = z
  .object({
    version: z
      .number()
      .int()
      .nonnegative()
      .describe('grows by one with each message of a connection, from 0'),
    sections: nodeDocumentSchema.partial().describe('all of them in version 0, then those that changed'),
  })
  .meta({ title: 'DocumentUpdate', description: 'What changed in the sender’s node document.' });
export type DocumentUpdate = z.infer<typeof documentUpdateSchema>;

export const documentNotification = {
  method: 'node/update',
  kind: 'notification',
  direction: 'host to host',
  description: 'The sender’s node document: whole after the hello, then what changed.',
  params: documentUpdateSchema,
} as const;

export const rosterNotification = {
  method: 'node/roster',
  kind: 'notification',
  direction: 'host to host',
  description:
    'The sender’s roster: after the hello, and whenever it changed. The receiver merges it into its own.',
  params: rosterSchema,
} as const;

export const pingRequest = {
  method: 'node/ping',
  kind: 'request',
  direction: 'host to host',
  description:
    'Each 500 ms: the time until the answer is the round trip, 2 s without a word make the peer suspect.',
  params: nothing,
  result: nothing,
} as const;

export const probeRequest = {
  method: 'node/probe',
  kind: 'request',
  direction: 'host to host',
  description:
    'Measures the throughput of the link: 256 KiB of nothing, answered when all of it has arrived.',
  params: z.object({ padding: z.string().max(262_144) }),
  result: nothing,
} as const;

export const goodbyeNotification = {
  method: 'node/goodbye',
  kind: 'notification',
  direction: 'host to host',
  description: 'The sender ends by wish: what it ran is not made anew elsewhere.',
  params: nothing,
} as const;

const modelName = z.string().min(1).max(4096);

export const peerPreviewsRequest = {
  method: 'node/previews',
  kind: 'request',
  direction: 'host to host',
  description: 'What placing one of the receiver’s models on the receiver’s devices would come to.',
  params: wishesSchema.extend({ model_id: modelName }),
  result: z.object({ previews: z.array(previewSchema).max(200) }),
} as const;

export const modelSourceSchema = z
  .object({
    name: z.string().min(1).max(255).describe('file name, without a folder'),
    size_bytes: bytes.describe('of all parts'),
    holders: z.array(nodeIdSchema).max(64).describe('nodes that have it on disk'),
  })
  .meta({
    title: 'ModelSource',
    description: 'A model that the receiver may have to copy before it can place it.',
  });
export type ModelSource = z.infer<typeof modelSourceSchema>;

export const peerPlaceRequest = {
  method: 'node/place',
  kind: 'request',
  direction: 'host to host',
  description:
    'Places a model on the receiver, which copies the file first where it lacks it. Answers when it is ready; ' +
    'cancelling the request removes what was begun. The receiver’s document shows the progress.',
  params: wishesSchema.extend({
    model_id: modelName.describe('an id of the receiver, or the name of what it shall copy'),
    source: modelSourceSchema.nullable(),
    preview_id: z.string().max(4096).nullable().describe('just this or nothing; null: the best that works'),
  }),
  result: z.object({ instance: instanceSchema }),
} as const;

export const peerUnplaceRequest = {
  method: 'node/unplace',
  kind: 'request',
  direction: 'host to host',
  description: 'Removes an instance that the receiver coordinates.',
  params: z.object({ instance_id: z.string().min(1).max(256) }),
  result: nothing,
} as const;

export const generateRequest = {
  method: 'completion/generate',
  kind: 'request',
  direction: 'host to host',
  description:
    'The one request of a completion connection. Text comes as `completion/text` and the answer when all was written; ' +
    'closing the connection aborts the decode. Neither prompt nor text is written anywhere.',
  params: z.object({
    instance_id: z.string().min(1).max(256),
    prompt: z.array(promptSegmentSchema).max(256),
    max_tokens: z.number().int().min(1).max(65_536),
    temperature: z.number().min(0).max(10),
    affinity: z.string().max(256),
  }),
  result: z.object({ reason: z.enum(['end', 'length', 'aborted']), stats: generationStatsSchema }),
} as const;

export const textNotification = {
  method: 'completion/text',
  kind: 'notification',
  direction: 'host to host',
  description: 'Text as it was decoded.',
  params: z.object({ text: z.string() }),
} as const;

export const fileRequestSchema = z
  .object({
    model: z.string().min(1).max(255).describe('name of the model'),
    part: z.number().int().nonnegative().describe('of a split model, from 0'),
    offset: bytes.describe('where to go on'),
  })
  .meta({ title: 'FileRequest', description: 'The frame that asks for a model file, on a file connection.' });
export type FileRequest = z.infer<typeof fileRequestSchema>;

export const fileAnswerSchema = z
  .discriminatedUnion('found', [
    z.object({
      found: z.literal(true),
      name: z.string().min(1).max(255).describe('file name of the part'),
      size_bytes: bytes.describe('of the whole part; the bytes from `offset` on follow this frame'),
      parts: z.number().int().min(1).max(1000),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe('of the whole part'),
    }),
    z.object({ found: z.literal(false), message: z.string().max(1000) }),
  ])
  .meta({ title: 'FileAnswer', description: 'The frame before the bytes of a model file.' });
export type FileAnswer = z.infer<typeof fileAnswerSchema>;

/** The messages of control and completion connections. */
export const meshMessages = [
  documentNotification,
  rosterNotification,
  pingRequest,
  probeRequest,
  goodbyeNotification,
  peerPreviewsRequest,
  peerPlaceRequest,
  peerUnplaceRequest,
  generateRequest,
  textNotification,
] as const;
