/** `GET /state`: the whole state document, once. */
import { stateSchema } from '#protocol';
import { commonErrors } from './errors';
import type { Feature } from './features';

export const stateRoute: Feature = (app, parts) => {
  app.get(
    '/state',
    {
      schema: {
        summary: 'Everything that VRAMesh knows right now',
        response: { 200: stateSchema, ...commonErrors },
      },
    },
    () => parts.state(),
  );
};
