/**
 * `GET /instance/previews`: every way to place a model, and the reasons against those that cannot be;
 * `GET /instance/placement`: the one that placing it now would take.
 */
import { previewSchema, previewsRequest } from '#protocol';
import { commonErrors, errorResponse, HttpError, orRefused } from './errors';
import type { Feature } from './features';
import { wishesOf, wishesQuerySchema } from './wishes';

const badModel = errorResponse('There is no such model, its file cannot be used, or a wish is not one.');

export const previewsRoute: Feature = (app, { previews: where }) => {
  app.get(
    '/instance/previews',
    {
      schema: {
        summary: 'Every way to place a model, best first, with the reasons against those that cannot be',
        querystring: wishesQuerySchema,
        response: { 200: previewsRequest.result, 400: badModel, ...commonErrors },
      },
    },
    async ({ query }) => ({
      previews: await orRefused(400, where.of(query.model_id, wishesOf(query))),
    }),
  );

  app.get(
    '/instance/placement',
    {
      schema: {
        summary: 'What placing a model now would come to',
        querystring: wishesQuerySchema,
        response: {
          200: previewSchema,
          400: badModel,
          409: errorResponse('It cannot be placed now; the reason says what is missing where.'),
          ...commonErrors,
        },
      },
    },
    async ({ query }) => {
      const previews = await orRefused(400, where.of(query.model_id, wishesOf(query)));
      const best = previews.find(({ error }) => error === null);
      if (best) return best;
      throw new HttpError(409, previews[0]?.error ?? 'No device can hold this model.');
    },
  );
};
