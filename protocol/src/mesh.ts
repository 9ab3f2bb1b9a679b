/**
 * Host ↔ host, over TLS 1.3 with both certificates checked. A connection begins with one hello each way (a frame: 4
 * bytes of length, big-endian, then JSON), and then belongs to its kind: `control` and `completion` speak JSON-RPC; `join`,
 * `file` and `shard` have one more frame each way, and then `file` and `shard` have bytes.
 */
import * as z from 'zod';
import {
  detokenizeParamsSchema,
  generationParamsSchema,
  generationResultSchema,
  tokenizeParamsSchema,
  tokenLogprobSchema,
  tokensSchema,
} from './generation';
import { instanceSchema } from './instance';
import { peerPlaceRequest, peerPreviewsRequest, peerStudyRequest, sharedModelSchema } from './mesh-placement';
import { giveBackRequest, leasedMemorySchema, lentShardSchema } from './mesh-shard';
import { downloadSchema } from './model';
import { nodeNameSchema, peerAddressSchema, rosterSchema } from './roster';
import { nodeProfileSchema } from './state';

/** A newer minor version only adds; another major one cannot be understood. */
export const meshVersion = { major: 1, minor: 0 } as const;

const nothing = z.object({});
const instanceId = z.string().min(1).max(256);

const meshVersionSchema = z.object({
  major: z.number().int().nonnegative(),
  minor: z.number().int().nonnegative(),
});

export const channelKindSchema = z
  .enum(['join', 'control', 'completion', 'file', 'shard'])
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

/** Sections are replaced whole; a node sends those that changed. */
export const nodeDocumentSchema = z
  .object({
    profile: nodeProfileSchema,
    instances: z.array(instanceSchema).max(100).describe('that it coordinates'),
    downloads: z.array(downloadSchema).max(100),
    models: z
      .array(sharedModelSchema)
      .max(1000)
      .describe('on its disk; without the embedded one, which all have'),
    addresses: z.array(peerAddressSchema).max(32).describe('where it listens'),
    lent: z.array(lentShardSchema).max(100).describe('its devices that others use'),
    leased: z.array(leasedMemorySchema).max(1000).describe('promised to models and not taken yet'),
    native_build: z
      .string()
      .max(64)
      .nullable()
      .describe('of its native library; null: it has none, so it can lend nothing'),
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
    'After 400 ms of silence, looked at each 500 ms, and at least each 5 s: the time until the answer is the round trip. 2 s without a word make the peer suspect.',
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

export const peerWakeRequest = {
  method: 'node/wake',
  kind: 'request',
  direction: 'host to host',
  description:
    'Brings an idle instance of the receiver back; another one stays as it is. Answers at once: the node document shows how far it is.',
  params: z.object({ instance_id: instanceId }),
  result: nothing,
} as const;

export const peerUnplaceRequest = {
  method: 'node/unplace',
  kind: 'request',
  direction: 'host to host',
  description: 'Removes an instance that the receiver coordinates.',
  params: z.object({ instance_id: instanceId }),
  result: nothing,
} as const;

/** That one machine writes for another in one request. */
export const mostTokensElsewhere = 65_536;

export const generateRequest = {
  method: 'completion/generate',
  kind: 'request',
  direction: 'host to host',
  description:
    'The one request of a completion connection. Text comes as `completion/text` and the answer when all was written; ' +
    '`$/cancelRequest` aborts the decode and is answered with what it came to; closing the connection aborts it, too. ' +
    'Neither prompt nor text is written anywhere.',
  params: generationParamsSchema.extend({
    instance_id: instanceId,
    max_tokens: z.number().int().min(0).max(mostTokensElsewhere),
    affinity: z.string().max(256),
  }),
  result: generationResultSchema,
} as const;

export const textNotification = {
  method: 'completion/text',
  kind: 'notification',
  direction: 'host to host',
  description: 'Text as it was decoded.',
  params: z.object({
    text: z.string(),
    logprobs: z.array(tokenLogprobSchema).max(1024).optional().describe('where they were asked for'),
  }),
} as const;

export const peerTokenizeRequest = {
  method: 'node/tokenize',
  kind: 'request',
  direction: 'host to host',
  description: 'Text to tokens of an instance that the receiver coordinates.',
  params: tokenizeParamsSchema.extend({ instance_id: instanceId }),
  result: z.object({ tokens: tokensSchema }),
} as const;

export const peerDetokenizeRequest = {
  method: 'node/detokenize',
  kind: 'request',
  direction: 'host to host',
  description: 'Tokens to text, of an instance that the receiver coordinates.',
  params: detokenizeParamsSchema.extend({ instance_id: instanceId }),
  result: z.object({ text: z.string() }),
} as const;

/** The messages of control and completion connections. */
export const meshMessages = [
  documentNotification,
  rosterNotification,
  pingRequest,
  probeRequest,
  goodbyeNotification,
  peerStudyRequest,
  peerPreviewsRequest,
  peerPlaceRequest,
  peerWakeRequest,
  peerUnplaceRequest,
  peerTokenizeRequest,
  peerDetokenizeRequest,
  giveBackRequest,
  generateRequest,
  textNotification,
] as const;
