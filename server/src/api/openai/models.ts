/** `GET /v1/models`: what `model` may be; `GET /v1/models/{model}`: one of them. */
import { z } from 'zod';
import { type OpenAiModel, openAiModelSchema, openAiModelsSchema } from '#protocol';
import { commonOpenAiErrors, HttpError, openAiErrorResponse } from '../errors';
import type { Feature } from '../features';

export const modelsRoute: Feature = (app, { answerers }) => {
  /** Of this list; files tell no better time. */
  const created = Math.floor(Date.now() / 1000);
  const models = (): OpenAiModel[] =>
    answerers.list().map(({ name, instances }) => ({
      id: name,
      object: 'model',
      created,
      owned_by: 'vramesh',
      instances: instances.map(({ id }) => id),
      ready: instances.some(({ state }) => state === 'ready'),
    }));

  app.get(
    '/v1/models',
    {
      schema: {
        summary: 'The models that can be asked, as OpenAI’s API has it',
        response: { 200: openAiModelsSchema, ...commonOpenAiErrors },
      },
    },
    () => ({ object: 'list' as const, data: models() }),
  );

  app.get(
    '/v1/models/:model',
    {
      schema: {
        summary: 'One of the models that can be asked',
        params: z.object({ model: z.string().min(1).max(4096) }),
        response: {
          200: openAiModelSchema,
          404: openAiErrorResponse('There is no such model.'),
          ...commonOpenAiErrors,
        },
      },
    },
    ({ params: { model } }) => {
      const found = models().find(({ id, instances }) => id === model || instances.includes(model));
      if (found) return found;
      throw new HttpError(
        404,
        `There is no model ${JSON.stringify(model.slice(0, 200))}. GET /v1/models lists them.`,
        {
          code: 'model_not_found',
        },
      );
    },
  );
};
