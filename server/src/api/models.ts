/** `GET /models`: what is on disk and what can be done with it, and what can be fetched. */
import { listModelsRequest } from '#protocol';
import { commonErrors } from './errors';
import type { Feature } from './features';

export const modelsRoute: Feature = (app, { planner, modelsElsewhere, catalogue }) => {
  app.get(
    '/models',
    {
      schema: {
        summary: 'The models on this machine, those of other machines, and those that can be fetched',
        response: { 200: listModelsRequest.result, ...commonErrors },
      },
    },
    async () => ({
      models: await planner.listing(),
      elsewhere: modelsElsewhere(),
      catalogue: [...catalogue()],
    }),
  );
};
