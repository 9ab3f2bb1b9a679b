/** `GET /health`: is the host up? */
import { healthSchema } from '#protocol';
import { commonErrors } from './errors';
import type { Feature } from './features';

export const health: Feature = (app, parts) => {
  app.get(
    '/health',
    { schema: { summary: 'Whether the host is up', response: { 200: healthSchema, ...commonErrors } } },
    () => ({
      status: 'ok' as const,
      version: parts.version,
      uptime_seconds: Math.floor(process.uptime()),
    }),
  );
};
