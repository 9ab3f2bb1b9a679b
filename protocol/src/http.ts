/** What only the HTTP API says: whether the host is up, and what an answer looks like when something is wrong. */
import * as z from 'zod';

export const healthSchema = z
  .object({
    status: z.literal('ok'),
    version: z.string().describe('of VRAMesh'),
    uptime_seconds: z.number().nonnegative().describe('since the host process started'),
  })
  .meta({ title: 'Health', description: 'The host is up and answers.' });
export type Health = z.infer<typeof healthSchema>;

export const apiErrorSchema = z
  .object({ error: z.object({ message: z.string().describe('what happened and what to do, for people') }) })
  .meta({ title: 'ApiError', description: 'The body of every answer with a status of 400 or more.' });
export type ApiError = z.infer<typeof apiErrorSchema>;
