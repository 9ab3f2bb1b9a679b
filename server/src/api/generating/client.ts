/** Who asks, and whether somebody still listens. */
import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Requests that came one after the other over one connection, and are not answered yet. */
const open = new WeakMap<Socket, Set<AbortController>>();

export interface Client {
  /** Aborts when the connection closes. */
  readonly gone: AbortSignal;
  /** Call it when the answer is given. */
  forget(): void;
}

export function clientOf({ raw: { socket } }: FastifyRequest): Client {
  const controller = new AbortController();
  const forget = () => requestsOf(socket).delete(controller);
  if (socket.destroyed) controller.abort(new Error('The client has gone.'));
  else requestsOf(socket).add(controller);
  return { gone: controller.signal, forget };
}

/** One listener for all requests of a connection. */
function requestsOf(socket: Socket): Set<AbortController> {
  const known = open.get(socket);
  if (known) return known;
  const requests = new Set<AbortController>();
  open.set(socket, requests);
  socket.once('close', () => {
    for (const controller of requests) controller.abort(new Error('The client has gone.'));
    requests.clear();
  });
  return requests;
}

/** Whose turn it is: whoever shows the same token, or comes from the same machine, or over the same connection from here. */
export function callerOf({ headers, raw: { socket } }: FastifyRequest): string {
  if (headers.authorization !== undefined) return `token ${headers.authorization}`;
  // Whoever has gone has no address any more.
  const { remoteAddress: address = '', remotePort } = socket;
  const isHere = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return isHere ? `connection ${remotePort}` : `address ${address}`;
}
