/** One shape for everything that goes wrong: `{ "error": { "message": … } }`, and never a stack. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { type ApiError, apiErrorSchema } from '#protocol';
import type { Refusal } from './door';

/** Thrown by a handler to answer with `statusCode` and a message that was written for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Turns a refusal in words into an answer with `statusCode`. */
export async function orRefused<T>(statusCode: number, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw new HttpError(statusCode, error instanceof Error ? error.message : String(error));
  }
}

/** Documents an answer of a route that is an error. */
export function errorResponse(description: string) {
  return { description, content: { 'application/json': { schema: apiErrorSchema } } };
}

/** What any route may answer besides its own responses. */
export const commonErrors = {
  401: errorResponse('From another machine: there was no valid token.'),
  403: errorResponse('The request does not come from where it may.'),
  429: errorResponse('From another machine: too many wrong tokens.'),
  500: errorResponse('A fault of the host; its log has the details.'),
};

export function sendError(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return reply.code(statusCode).type('application/json; charset=utf-8').send(errorText(message));
}

/** Under /v1 in the shape of OpenAI's API: its clients tell a wrong key by the code. */
export function sendRefusal(
  reply: FastifyReply,
  statusCode: number,
  { message, code }: Refusal,
): FastifyReply {
  if (!/^\/v1(\/|$)/.test(reply.request.url)) return sendError(reply, statusCode, message);
  const type = statusCode === 429 ? 'rate_limit_exceeded' : 'invalid_request_error';
  const error = { message, type, param: null, code };
  return reply.code(statusCode).type('application/json; charset=utf-8').send(JSON.stringify({ error }));
}

/** Answers for what a handler threw. What the caller did wrong is said; a fault of ours is logged. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const statusCode = statusOf(error);
  if (error instanceof Error && (statusCode < 500 || error instanceof HttpError)) {
    sendError(reply, statusCode, messageOf(error));
    return;
  }
  log.error({ err: error }, `HTTP ${request.method} ${request.url.slice(0, 200)} failed`);
  sendError(reply, 500, 'The host could not answer this request; its log says why. It goes on running.');
}

/** Answers on a connection that does not speak HTTP as it should, or too slowly, and ends it. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  // Whoever failed to shake hands, or speaks plain HTTP where TLS is spoken, could not read an answer.
  if (error.code === 'ECONNRESET' || /^ERR_(SSL|TLS)_/.test(error.code ?? '') || !socket.writable) {
    socket.destroy();
    return;
  }
  const [statusCode, message] = unreadable(error.code);
  const body = errorText(message);
  socket.write(
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Not only our half: who sends garbage may never close the other.
  socket.destroySoon();
}

function unreadable(code: string | undefined): [statusCode: number, message: string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request did not arrive in time.'];
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The headers are larger than 16 KiB.'];
  return [400, 'This is not a valid HTTP request.'];
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function messageOf(error: Error): string {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = 'validationContext' in error ? String(error.validationContext) : 'request';
    return error.validation
      .map((issue) => `${where}${issue.instancePath.replace(/\/$/, '')}: ${issue.message ?? 'is not valid'}`)
      .join('; ');
  }
  return error.message;
}

function errorText(message: string): string {
  return JSON.stringify({ error: { message } } satisfies ApiError);
}
