/** The host itself: its diagnosis, and its end. */
import * as z from 'zod';
import { nothing } from './message';

export const checkSchema = z
  .object({
    name: z.string().describe('what was looked at'),
    status: z.enum(['ok', 'warning', 'failed']),
    detail: z.string().describe('what was found'),
    advice: z.string().nullable().describe('what to do'),
  })
  .meta({ title: 'Check', description: 'One line of `doctor`.' });
export type Check = z.infer<typeof checkSchema>;

export const diagnoseRequest = {
  method: 'vramesh/diagnose',
  kind: 'request',
  direction: 'editor to host',
  description: 'Looks at the driver, the library, the backends, the model, the port and the socket.',
  params: nothing,
  result: z.object({ checks: z.array(checkSchema) }),
} as const;

export const stopRequest = {
  method: 'vramesh/stop',
  kind: 'request',
  direction: 'editor to host',
  description: 'Stops the host and every engine; answers before it goes.',
  params: nothing,
  result: nothing,
} as const;
