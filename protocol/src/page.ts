/**
 * Topology page ↔ the client that shows it, over `postMessage`. The page imports these as types only, so that zod
 * stays out of its bundle; the client checks every action, since what a page sends is untrusted.
 */
import * as z from 'zod';
import { stateSchema } from './state';

export const pageViewSchema = z
  .object({
    type: z.literal('view'),
    state: stateSchema.nullable().describe('null: there is no host'),
    problem: z
      .string()
      .nullable()
      .describe('why there is no host and what to do; null while one is waited for'),
  })
  .meta({ title: 'PageView', description: 'Client to page: everything that the page shows.' });
export type PageView = z.infer<typeof pageViewSchema>;

export const pageActionSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('ready').describe('the page has loaded and can show a view') }),
    z.object({ type: z.literal('place').describe('let the user choose a model to place') }),
    z.object({ type: z.literal('unplace'), instance_id: z.string().min(1).max(256) }),
    z.object({ type: z.literal('diagnose') }),
    z.object({ type: z.literal('restartHost') }),
    z.object({ type: z.literal('showLog') }),
  ])
  .meta({ title: 'PageAction', description: 'Page to client: what the user asked for with a button.' });
export type PageAction = z.infer<typeof pageActionSchema>;
