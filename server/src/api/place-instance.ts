/** `POST /place_instance`: begins to place a model, and answers as soon as there is something that tells how far it is. */
import * as z from 'zod';
import { type Download, downloadSchema, type Instance, instanceSchema, placeRequest } from '#protocol';
import { commonErrors, errorResponse, HttpError } from './errors';
import type { Feature } from './features';

const bodySchema = placeRequest.params.omit({ workDoneToken: true });
const readySchema = z.object({ instance: instanceSchema });
const begunSchema = z.object({
  instance: instanceSchema.nullable().describe('null: there is none before its file is there'),
  download: downloadSchema.nullable().describe('the copy of its file that is made first; null: it is there'),
});

export const placeInstanceRoute: Feature = (app, { instances }) => {
  app.post(
    '/place_instance',
    {
      schema: {
        summary: 'Place a model; GET /instance/{id} and GET /events tell how far it is',
        body: bodySchema,
        response: {
          200: readySchema.describe('It was placed already and is ready.'),
          202: begunSchema.describe('It is being placed.'),
          400: errorResponse('A wish is not one.'),
          409: errorResponse('It cannot be placed; the reason says what is missing where.'),
          ...commonErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const { model_id: modelId, preview_id, ...wishes } = body;
      const begun = await new Promise<Instance | { readonly copy: Download }>((fulfil, reject) => {
        instances
          .place({
            modelId,
            wishes,
            previewId: preview_id ?? null,
            keepFailure: true,
            signal: new AbortController().signal,
            // Until its devices are found it may still be refused, and the caller should hear why.
            onChange: (instance) => {
              if (instance.state !== 'placing') fulfil(instance);
            },
            onCopy: (copy) => fulfil({ copy }),
          })
          .then(fulfil, reject);
      }).catch((error: Error) => {
        throw new HttpError(409, error.message);
      });
      if ('copy' in begun) return reply.code(202).send({ instance: null, download: begun.copy });
      if (begun.state === 'failed') throw new HttpError(409, begun.error ?? 'It could not be placed.');
      if (begun.state === 'ready') return reply.code(200).send({ instance: begun });
      return reply.code(202).send({ instance: begun, download: null });
    },
  );
};
