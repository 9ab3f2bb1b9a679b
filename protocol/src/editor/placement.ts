/** Placing a model, and removing it again. */
import * as z from 'zod';
import { instanceSchema } from '../instance';
import { previewSchema, wishesSchema } from '../placement';
import { nothing } from './message';
import { modelId } from './model-id';

export const previewsRequest = {
  method: 'vramesh/previews',
  kind: 'request',
  direction: 'editor to host',
  description:
    'What placing a model would come to: every way to do it, best first, then those that cannot be.',
  params: wishesSchema.extend({ model_id: modelId }),
  result: z.object({ previews: z.array(previewSchema) }),
} as const;

export const placeRequest = {
  method: 'vramesh/place',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Places a model and answers when it is ready. Progress is reported on `workDoneToken`; cancelling the request ' +
    'removes what was begun. Placing what is already placed answers with the instance that exists.',
  params: wishesSchema.extend({
    model_id: modelId,
    preview_id: z
      .string()
      .max(4096)
      .optional()
      .describe('`id` of a preview: just this or nothing; without it the best that works'),
    workDoneToken: z.union([z.string(), z.number()]).optional().describe('for `$/progress`, in %'),
  }),
  result: z.object({ instance: instanceSchema }),
} as const;

export const unplaceRequest = {
  method: 'vramesh/unplace',
  kind: 'request',
  direction: 'editor to host',
  description: 'Removes a placed model and answers when its memory is free.',
  params: z.object({ instance_id: z.string().min(1).max(256).describe('`id` of an instance') }),
  result: nothing,
} as const;

/** Places a model: the argument is its name, its id or a path, or an object as of `vramesh/place`. Answers with the instance. */
export const placeCommand = 'vramesh.placeModel';

/** Removes a placed model: the argument is the id of the instance, or the name of its model; none where one is placed. */
export const unplaceCommand = 'vramesh.unplaceModel';
