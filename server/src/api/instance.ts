/** `GET /instance/{id}`: one placed model; `DELETE /instance/{id}`: removes it, and answers when its memory is free. */
import * as z from 'zod';
import { instanceSchema } from '#protocol';
import { commonErrors, errorResponse, HttpError, orRefused } from './errors';
import type { Feature } from './features';

const params = z.object({ id: z.string().min(1).max(256) });
const missing = errorResponse('There is no such instance. It may have been removed.');

export const instanceRoute: Feature = (app, { instances }) => {
  app.get(
    '/instance/:id',
    {
      schema: {
        summary: 'One placed model',
        params,
        response: { 200: instanceSchema, 404: missing, ...commonErrors },
      },
    },
    ({ params: { id } }) => {
      const found = instances.list().find((instance) => instance.id === id);
      if (found) return found;
      throw new HttpError(404, `There is no instance "${id}". It may have been removed.`);
    },
  );

  app.delete(
    '/instance/:id',
    {
      schema: {
        summary: 'Remove a placed model; answers when its memory is free',
        params,
        response: { 200: z.object({ instance_id: z.string() }), 404: missing, ...commonErrors },
      },
    },
    async ({ params: { id } }) => {
      await orRefused(404, instances.unplace(id));
      return { instance_id: id };
    },
  );
};
