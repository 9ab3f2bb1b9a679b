/** Host ↔ host: devices of one, lent to an engine of the other for as long as their connection lasts. */
import * as z from 'zod';

const bytes = z.number().int().nonnegative();

export const shardRequestSchema = z
  .object({
    id: z.string().min(1).max(64).describe('names the loan, for `node/giveBack`'),
    build: z.string().min(1).max(64).describe('of the native library: both must have the same'),
    model: z.string().min(1).max(256).describe('its name, for whoever asks what the memory is used for'),
    devices: z
      .array(
        z.object({
          device_id: z.string().min(1).max(128),
          total_bytes: bytes.describe('that the receiver shall promise'),
          buffer_bytes: bytes.describe('of these, what llama.cpp may allocate'),
        }),
      )
      .min(1)
      .max(64)
      .refine((devices) => new Set(devices.map(({ device_id }) => device_id)).size === devices.length, {
        message: 'a device is named twice',
      })
      .describe('in the order of their layers, each once'),
  })
  .meta({
    title: 'ShardRequest',
    description:
      'The one frame of who opened a `shard` connection: a coordinator that wants to use devices of the receiver. The ' +
      'answer is a frame; then the bytes are those of llama.cpp’s RPC, until either side hangs up: then the memory is free.',
  });
export type ShardRequest = z.infer<typeof shardRequestSchema>;

export const shardAnswerSchema = z
  .object({ refused: z.string().max(1000).nullable().describe('why not, in words; null: it is lent') })
  .meta({ title: 'ShardAnswer', description: 'Whether the devices are lent.' });
export type ShardAnswer = z.infer<typeof shardAnswerSchema>;

export const giveBackRequest = {
  method: 'node/giveBack',
  kind: 'request',
  direction: 'host to host',
  description:
    'The sender needs a loan no more. Answers when the memory is free; hanging up ends the loan as well, but does not wait.',
  params: z.object({ id: z.string().max(64) }),
  result: z.object({}),
} as const;

export const lentShardSchema = z
  .object({
    node_id: z.string().describe('whose engine uses the devices'),
    node_name: z.string(),
    model: z.string(),
    devices: z.array(z.object({ device_id: z.string(), bytes: bytes.describe('that are promised') })).max(64),
    used_bytes: bytes.nullable().describe('by llama.cpp’s buffers, on all of them; null: not known yet'),
  })
  .meta({ title: 'LentShard', description: 'Devices of a node that the engine of another one uses.' });
export type LentShard = z.infer<typeof lentShardSchema>;

export const leasedMemorySchema = z
  .object({
    device_id: z.string().max(128).describe('uuid of a GPU, or "cpu"'),
    bytes: bytes.describe('that its driver calls free, but that are spoken for'),
  })
  .meta({
    title: 'LeasedMemory',
    description:
      'Memory of one device that is promised to models and not taken yet; of the RAM also weights that are mapped from a file.',
  });
export type LeasedMemory = z.infer<typeof leasedMemorySchema>;
