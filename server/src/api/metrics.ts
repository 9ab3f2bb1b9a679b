/** `GET /metrics`: this host in the text format of Prometheus. */
import { z } from 'zod';
import { commonErrors } from './errors';
import type { Feature } from './features';

export const metricsRoute: Feature = (app, { metrics }) => {
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'GPUs, models, completions, links and the host itself, for Prometheus',
        response: {
          200: {
            description: 'Prometheus’ text format, version 0.0.4. What is unknown has no series.',
            content: { 'text/plain': { schema: z.string() } },
          },
          ...commonErrors,
        },
      },
    },
    async (_request, reply) => {
      reply.type('text/plain; version=0.0.4; charset=utf-8');
      return metrics.text();
    },
  );
};
