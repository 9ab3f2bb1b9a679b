/**
 * One shape for everything that goes wrong: `{ "error": { "message": … } }`, with a few more fields where OpenAI's clients
 * look for them, and never a stack.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { type ApiError, apiErrorSchema, type OpenAiError, openAiErrorSchema } from '#protocol';
import type { Refusal } from './door';

/** Thrown by a handler to answer with `statusCode` and a message that was written for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  /** What programs may tell it by, as OpenAI spells it. */
  readonly code: string | null;
  /** s, after which it may go better */
  readonly retryAfter: number | null;

  constructor(
    statusCode: number,
    message: string,
    more: { readonly code?: string; readonly retryAfter?: number } = {},
  ) {
    super(message);
    this.statusCode = statusCode;
    this.code = more.code ?? null;
    this.retryAfter = more.retryAfter ?? null;
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

/** The same of a route under /v1. */
export function openAiErrorResponse(description: string) {
  return { description, content: { 'application/json': { schema: openAiErrorSchema } } };
}

/** What any route may answer besides its own responses. */
export const commonErrors = {
  401: errorResponse('From another machine: there was no valid token.'),
  403: errorResponse('The request does not come from where it may.'),
  429: errorResponse('From another machine: too many wrong tokens.'),
  500: errorResponse('A fault of the host; its log has the details.'),
};

/** What any route under /v1 may answer besides its own responses. */
export const commonOpenAiErrors = {
  401: openAiErrorResponse('From another machine: there was no valid token.'),
  403: openAiErrorResponse('The request does not come from where it may.'),
  429: openAiErrorResponse('Too many requests wait, or from another machine: too many wrong tokens.'),
  500: openAiErrorResponse('A fault of the host; its log has the details.'),
};

export function sendError(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return sendText(reply, statusCode, textFor(reply.request, statusCode, { message }));
}

/** Why somebody may not come in. */
export function sendRefusal(
  reply: FastifyReply,
  statusCode: number,
  { message, code }: Refusal,
): FastifyReply {
  return sendText(reply, statusCode, textFor(reply.request, statusCode, { message, code }));
}

/** Answers for what a handler threw. What the caller did wrong is said; a fault of ours is logged. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const statusCode = statusOf(error);
  if (error instanceof Error && (statusCode < 500 || error instanceof HttpError)) {
    const { code, retryAfter } = error instanceof HttpError ? error : { code: null, retryAfter: null };
    if (retryAfter !== null) reply.header('retry-after', String(retryAfter));
    sendText(reply, statusCode, textFor(request, statusCode, { ...wordsOf(error), code }));
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

interface Words {
  readonly message: string;
  /** The field that is to blame. */
  readonly param?: string | null;
  readonly code?: string | null;
}

function wordsOf(error: Error): Words {
  if (!hasZodFastifySchemaValidationErrors(error)) return { message: error.message };
  const where = 'validationContext' in error ? String(error.validationContext) : 'request';
  const message = error.validation
    .map((issue) => `${where}${issue.instancePath.replace(/\/$/, '')}: ${issue.message ?? 'is not valid'}`)
    .join('; ');
  const path = error.validation[0]?.instancePath.split('/').filter((name) => name !== '') ?? [];
  return { message, param: path.length === 0 ? null : path.join('.') };
}

function sendText(reply: FastifyReply, statusCode: number, text: string): FastifyReply {
  return reply.code(statusCode).type('application/json; charset=utf-8').send(text);
}

function textFor({ url }: FastifyRequest, statusCode: number, words: Words): string {
  if (!/^\/v1(\/|$)/.test(url)) return errorText(words.message);
  return JSON.stringify(openAiError(statusCode, words));
}

export function openAiError(statusCode: number, { message, param = null, code = null }: Words): OpenAiError {
  const type =
    statusCode === 429 ? 'rate_limit_exceeded' : statusCode >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message, type, param, code } };
}

function errorText(message: string): string {
  return JSON.stringify({ error: { message } } satisfies ApiError);
}
