/** `POST /place_instance`: begins to place a model, and answers with the instance as soon as there is one. */
import * as z from 'zod';
import { type Instance, instanceSchema, placeRequest } from '#protocol';
import { commonErrors, errorResponse, HttpError } from './errors';
import type { Feature } from './features';

const bodySchema = placeRequest.params.omit({ workDoneToken: true });
const answerSchema = z.object({ instance: instanceSchema });

export const placeInstanceRoute: Feature = (app, { instances }) => {
  app.post(
    '/place_instance',
    {
      schema: {
        summary: 'Place a model; GET /instance/{id} and GET /events tell how far it is',
        body: bodySchema,
        response: {
          200: answerSchema.describe('It was placed already and is ready.'),
          202: answerSchema.describe('It is being placed.'),
          400: errorResponse('A wish is not one.'),
          409: errorResponse('It cannot be placed; the reason says what is missing where.'),
          ...commonErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const { model_id: modelId, preview_id, ...wishes } = body;
      const instance = await new Promise<Instance>((fulfil, reject) => {
        instances
          .place({
            modelId,
            wishes,
            previewId: preview_id ?? null,
            keepFailure: true,
            signal: new AbortController().signal,
            // Until its devices are found it may still be refused, and the caller should hear why.
            onChange: (begun) => {
              if (begun.state !== 'placing') fulfil(begun);
            },
          })
          .then(fulfil, reject);
      }).catch((error: Error) => {
        throw new HttpError(409, error.message);
      });
      if (instance.state === 'failed') throw new HttpError(409, instance.error ?? 'It could not be placed.');
      return reply.code(instance.state === 'ready' ? 200 : 202).send({ instance });
    },
  );
};
