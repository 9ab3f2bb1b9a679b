/** An answer as server-sent events. A client that reads slowly holds the model back; the server cuts off who does not read at all. */
import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import { securityHeaders } from '../server';
import { clientOf } from './client';

export interface EventStream {
  /** Resolves when there is room for more; at once when the client has gone. */
  send(data: string): Promise<void>;
  end(): void;
}

export function openEventStream(reply: FastifyReply): EventStream {
  const response = reply.raw;
  const { gone, forget } = clientOf(reply.request);
  reply.hijack();
  response.on('error', () => response.destroy());
  response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream; charset=utf-8' });
  return {
    async send(data) {
      if (gone.aborted || response.write(`data: ${data}\n\n`)) return;
      await once(response, 'drain', { signal: gone }).catch(() => {});
    },
    end() {
      forget();
      response.end();
    },
  };
}
