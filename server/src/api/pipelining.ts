/**
 * Requests that come before the one before them is answered. They wait for it: answers that cannot be sent yet would be kept
 * in memory, as many as somebody asks for who reads none of them. And only so many may wait.
 */
import type { Socket } from 'node:net';
import { sendError } from './errors';
import type { ApiServer } from './server';

interface Line {
  length: number;
  /** The last one in it is answered. */
  answered: Promise<void>;
}

export function answerInTurn(app: ApiServer, most: number): void {
  const lines = new WeakMap<Socket, Line>();

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const line = lines.get(socket) ?? { length: 0, answered: Promise.resolve() };
    lines.set(socket, line);
    const { answered: turn } = line;
    line.length += 1;
    line.answered = new Promise((fulfil) => {
      reply.raw.once('close', () => {
        line.length -= 1;
        fulfil();
      });
    });
    if (line.length > most) sendError(reply, 429, `${most} requests of this connection wait already.`);
    else void turn.then(() => done());
  });
}
