/** What a small package leaves out and a machine with an NVIDIA GPU may lack: fetched on request, once. */
import * as z from 'zod';
import { nothing } from './message';

export const installRuntimeRequest = {
  method: 'vramesh/installRuntime',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Fetches what this machine lacks to run llama.cpp on CUDA: the variant of llama.cpp from the npm registry, CUDA’s ' +
    'libraries from NVIDIA. Ask the user first: they are under NVIDIA’s licence. Answers when all of it is in its place, at ' +
    'once where nothing is missing. Progress is reported on `workDoneToken`; cancelling the request keeps what has arrived ' +
    'for the next time.',
  params: z.object({
    workDoneToken: z.union([z.string(), z.number()]).optional().describe('for `$/progress`, in %'),
  }),
  result: z.object({ installed: z.array(z.string()).describe('in words; empty: nothing was missing') }),
} as const;

export const removeRuntimeRequest = {
  method: 'vramesh/removeRuntime',
  kind: 'request',
  direction: 'editor to host',
  description: 'Deletes what `vramesh/installRuntime` has fetched, also what has not arrived whole.',
  params: nothing,
  result: z.object({ removed: z.boolean().describe('false: there was nothing') }),
} as const;
