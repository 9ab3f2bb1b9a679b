/** `GET /props`: what the instance that answers is like, as llama.cpp's server says it. */
import { z } from 'zod';
import { propsSchema } from '#protocol';
import { commonErrors } from '../errors';
import type { Feature } from '../features';
import { refusals } from './refusals';

export const propsRoute: Feature = (app, { generating, version }) => {
  app.get(
    '/props',
    {
      schema: {
        summary: 'What the instance that answers is like, as llama.cpp’s server has it',
        querystring: z.object({ model: z.string().max(4096).optional() }),
        response: { 200: propsSchema, ...refusals, ...commonErrors },
      },
    },
    (request) =>
      generating.with(
        request,
        request.query.model,
        async ({ instance: { id, model, context_size, sequences } }) => ({
          default_generation_settings: {
            n_ctx: context_size ?? 0,
            params: { temperature: 0, top_k: 40, top_p: 0.95, min_p: 0.05, n_predict: -1 },
          },
          total_slots: sequences ?? 1,
          model_alias: id,
          model_path: model.path,
          modalities: { vision: false as const, audio: false as const },
          build_info: `VRAMesh ${version}`,
        }),
      ),
  );
};
