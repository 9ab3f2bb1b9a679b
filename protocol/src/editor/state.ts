/** The state document, and who looks at it. */
import * as z from 'zod';
import { stateSchema } from '../state';
import { nothing } from './message';

export const stateNotification = {
  method: 'vramesh/state',
  kind: 'notification',
  direction: 'host to editor',
  description: 'The whole state document: after the handshake, and whenever something changed.',
  params: stateSchema,
} as const;

export const lookingNotification = {
  method: 'vramesh/looking',
  kind: 'notification',
  direction: 'editor to host',
  description:
    'Whether someone looks at live readings now (a focused window, `status --watch`). Sampling is faster then.',
  params: z.object({ looking: z.boolean().describe('false until it is sent') }),
} as const;

export const getStateRequest = {
  method: 'vramesh/getState',
  kind: 'request',
  direction: 'editor to host',
  description: 'The state document, once.',
  params: nothing,
  result: stateSchema,
} as const;
