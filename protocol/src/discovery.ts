/**
 * How machines of a cluster find each other: small UDP packets, sealed with a key that only members know (AES-256-GCM:
 * 12 bytes of nonce, then 256 bytes, then 16 bytes of tag). Strangers see random bytes.
 */
import * as z from 'zod';
import { nodeIdSchema } from './roster';

/** UDP. */
export const discoveryPort = 52413;

/** In the administratively scoped range (RFC 2365), and link-local (RFC 4291). */
export const discoveryGroups = { IPv4: '239.255.86.82', IPv6: 'ff02::5652:4d53' } as const;

export const discoveryHelloSchema = z
  .object({
    node_id: nodeIdSchema,
    from: z.string().max(45).describe('address that it was sent from: from another one it is a replay'),
    port: z.number().int().min(1).max(65_535).describe('where the sender listens for members, TCP'),
    sequence: z.number().int().nonnegative().describe('grows with each packet of the sender'),
    answers: z.boolean().describe('true: sent to one who was heard; it is not answered again'),
  })
  .meta({
    title: 'DiscoveryHello',
    description: 'What a discovery packet holds: only a hint where a member may be. The connection decides.',
  });
export type DiscoveryHello = z.infer<typeof discoveryHelloSchema>;
