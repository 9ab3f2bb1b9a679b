/** The machines that trust each other. */
import * as z from 'zod';
import { peerSchema } from '../roster';
import { nothing } from './message';

export const inviteRequest = {
  method: 'vramesh/invite',
  kind: 'request',
  direction: 'editor to host',
  description: 'Opens the cluster for one machine: the line is good for one use and ten minutes.',
  params: nothing,
  result: z.object({
    line: z.string().describe('for `vramesh join` on the other machine; it holds a secret'),
    expires_at: z.number().int().describe('ms since 1970'),
  }),
} as const;

export const joinRequest = {
  method: 'vramesh/join',
  kind: 'request',
  direction: 'editor to host',
  description: 'Redeems an invitation. Answers when both machines trust each other.',
  params: z.object({ line: z.string().min(1).max(16_384) }),
  result: z.object({ inviter: z.string().describe('its name'), peers: z.array(peerSchema) }),
} as const;

export const peersRequest = {
  method: 'vramesh/peers',
  kind: 'request',
  direction: 'editor to host',
  description: 'The other machines of the cluster. Empty: this machine is alone.',
  params: nothing,
  result: z.object({ peers: z.array(peerSchema) }),
} as const;

export const removePeerRequest = {
  method: 'vramesh/removePeer',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Ends the trust in a machine, here and on every member that is reachable; on the others when they are.',
  params: z.object({
    node_id: z.string().min(1).max(128).describe('id, or its beginning, or the name when only one has it'),
  }),
  result: z.object({
    removed: z.string().describe('its name'),
    told: z.number().int().describe('members that know of it now'),
  }),
} as const;

export const leaveRequest = {
  method: 'vramesh/leave',
  kind: 'request',
  direction: 'editor to host',
  description: 'This machine leaves its cluster: it trusts nobody any more, and the others are told.',
  params: nothing,
  result: nothing,
} as const;
