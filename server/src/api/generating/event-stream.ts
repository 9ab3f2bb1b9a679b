/** An answer as server-sent events. A client that reads slowly holds the model back; one that does not read is cut off. */
import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import { securityHeaders } from '../server';

/** ms that a client may take to read what is on its way to it */
const stallMs = 30_000;

export interface EventStream {
  /** Resolves when there is room for more; at once when the client has gone. */
  send(data: string): Promise<void>;
  end(): void;
}

export function openEventStream(reply: FastifyReply): EventStream {
  const response = reply.raw;
  reply.hijack();
  response.on('error', () => response.destroy());
  response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream; charset=utf-8' });
  return {
    async send(data) {
      if (response.destroyed || response.write(`data: ${data}\n\n`)) return;
      const over = new AbortController();
      const stalled = setTimeout(() => response.destroy(), stallMs);
      const { signal } = over;
      await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(
        () => {},
      );
      over.abort();
      clearTimeout(stalled);
    },
    end: () => response.end(),
  };
}
