/** `GET /events`: the state document as server-sent events, at connect and on every change. */
import { z } from 'zod';
import type { State } from '#protocol';
import { commonErrors, errorResponse, HttpError } from './errors';
import { createEventHub } from './event-hub';
import type { Feature } from './features';
import { securityHeaders } from './server';

const maxListeners = 64;
const heartbeatMs = 15_000;
const reconnectMs = 2000;

export const events: Feature = (app, parts) => {
  const hub = createEventHub<State>({
    source: parts,
    frame: (state) => `event: state\ndata: ${JSON.stringify(state)}\n\n`,
    heartbeatMs,
  });
  app.addHook('preClose', (done) => {
    hub.close();
    done();
  });

  app.get(
    '/events',
    {
      // A HEAD request would be a listener that never gets anything.
      exposeHeadRoute: false,
      schema: {
        summary: 'The state document on every change, as server-sent events named `state`',
        response: {
          200: {
            description:
              'Each event’s data is a State document. A slow reader gets the newest, not every one.',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...commonErrors,
          503: errorResponse('Too many listeners.'),
        },
      },
    },
    (_request, reply) => {
      if (hub.size >= maxListeners) {
        reply.header('retry-after', '5');
        throw new HttpError(
          503,
          `${maxListeners} listeners are connected already: close one, or poll /state.`,
        );
      }
      const response = reply.raw;
      reply.hijack();
      response.writeHead(200, {
        ...securityHeaders,
        'content-type': 'text/event-stream; charset=utf-8',
        // The stream ends with its connection.
        connection: 'close',
      });
      response.write(`retry: ${reconnectMs}\n\n`);
      hub.add(response);
    },
  );
};
