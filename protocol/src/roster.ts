/** Who belongs to a cluster, and how a machine joins one. */
import * as z from 'zod';

export const nodeIdSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({
    title: 'NodeId',
    description: 'SHA-256 of a node’s public key (SPKI, DER), in hexadecimal digits.',
  });

export const nodeNameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u)
  .meta({
    title: 'NodeName',
    description: 'What people call a machine: its host name, without control characters and half characters.',
  });

export const peerAddressSchema = z
  .string()
  .max(300)
  .regex(/^(\[[0-9a-fA-F:.]+(%[\w.-]+)?\]|[A-Za-z0-9_.-]+):\d{1,5}$/)
  .meta({
    title: 'PeerAddress',
    description:
      'Where a node listens: "192.168.1.5:52414", "[fe80::1%eth0]:52414", "workstation.local:52414".',
  });

export const memberSchema = z
  .object({
    node_id: nodeIdSchema,
    tag: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .describe('made when it joined: who was removed may join again, under a new one'),
    name: nodeNameSchema.describe('host name when it joined'),
    added_by: nodeIdSchema,
    added_at: z.number().int().nonnegative().describe('ms since 1970, by the clock of who added it'),
    removed: z
      .object({ by: nodeIdSchema, at: z.number().int().nonnegative() })
      .nullable()
      .describe('once it is set it stays: a removal is never forgotten'),
  })
  .meta({ title: 'Member', description: 'One joining of one machine: it is trusted until it is removed.' });
export type Member = z.infer<typeof memberSchema>;

/** More joinings than people make: a roster that would be longer is not taken over. So many fit into one message. */
export const mostMembers = 4096;

export const discoveryKeySchema = z
  .object({
    epoch: z.number().int().nonnegative().describe('how many joinings had ended when it was made'),
    key: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .meta({
    title: 'DiscoveryKey',
    description:
      'What members seal their discovery packets with. Whoever is removed does not learn the next one.',
  });
export type DiscoveryKey = z.infer<typeof discoveryKeySchema>;

/** The newest seals; older ones are understood, for members that were away. */
export const mostDiscoveryKeys = 4;

export const rosterSchema = z
  .object({
    members: z.array(memberSchema).max(mostMembers, `it would have more than ${mostMembers} joinings`),
    discovery: z
      .array(discoveryKeySchema)
      .max(mostDiscoveryKeys)
      .default([])
      .describe('the newest first; none for who is not trusted any more'),
  })
  // So the next removal always has an epoch that is higher than all others, whatever somebody tells.
  .refine(({ members, discovery }) => {
    const ended = members.filter(({ removed }) => removed !== null).length;
    return discovery.every(({ epoch }) => epoch <= ended);
  }, 'its keys are of more removals than it has')
  .meta({
    title: 'Roster',
    description:
      'Whom the nodes of a cluster trust. Every node holds it whole; two of them merge without conflict. ' +
      'No epoch is higher than the number of its removals.',
  });
export type Roster = z.infer<typeof rosterSchema>;

export const invitationSchema = z
  .object({
    addresses: z.array(peerAddressSchema).min(1).max(32),
    node_id: nodeIdSchema.describe('of the inviter: whoever answers must hold its key'),
    secret: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .describe('128 bits, good for one use and ten minutes'),
  })
  .meta({ title: 'Invitation', description: 'What the line that `invite` prints holds.' });
export type Invitation = z.infer<typeof invitationSchema>;

export const joinRequestSchema = z
  .object({
    proof: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe(
        'HMAC-SHA-256 with the secret over "vramesh join", the id of the joiner and that of the inviter',
      ),
    name: nodeNameSchema,
    addresses: z.array(peerAddressSchema).max(32).describe('where the joiner listens'),
  })
  .meta({ title: 'JoinRequest', description: 'The first and only message of who wants to join.' });
export type JoinRequest = z.infer<typeof joinRequestSchema>;

export const joinAnswerSchema = z
  .discriminatedUnion('joined', [
    z.object({
      joined: z.literal(true),
      name: nodeNameSchema.describe('of the inviter'),
      roster: rosterSchema,
      addresses: z
        .record(nodeIdSchema, z.array(peerAddressSchema).max(32))
        .describe('where the members were last seen'),
    }),
    z.object({ joined: z.literal(false), message: z.string().max(1000) }),
  ])
  .meta({ title: 'JoinAnswer', description: 'The inviter’s answer.' });
export type JoinAnswer = z.infer<typeof joinAnswerSchema>;

export const linkStatusSchema = z.enum(['this', 'online', 'suspect', 'gone']).meta({
  title: 'LinkStatus',
  description:
    'this: the node that answers; suspect: silent for 2 s; gone: no connection, what is shown is the last that was known.',
});
export type LinkStatus = z.infer<typeof linkStatusSchema>;

export const peerSchema = z
  .object({
    node_id: nodeIdSchema,
    name: z.string(),
    status: linkStatusSchema,
    version: z.string().nullable().describe('of VRAMesh; null: never met'),
    addresses: z.array(z.string()).describe('where it was last seen, the best first'),
    round_trip_ms: z.number().nonnegative().nullable(),
    bytes_per_second: z.number().nonnegative().nullable().describe('of the link, as it was measured last'),
    added_by: nodeIdSchema,
    added_at: z.number().int().nonnegative(),
    problem: z.string().nullable().describe('why there is no connection, and what to do'),
  })
  .meta({ title: 'Peer', description: 'A machine on the roster, as this node sees it.' });
export type Peer = z.infer<typeof peerSchema>;
