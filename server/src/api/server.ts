/** The HTTP server without its routes: limits, who may ask, and one shape for everything that goes wrong. */
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { limitPerAddress } from './address-limit';
import { refuseDeepBodies } from './deep-body';
import type { Door } from './door';
import { answerUnreadable, handleError, sendError, sendRefusal } from './errors';
import { loopbackDoor } from './guard';
import { answerInTurn } from './pipelining';
import { rejectUnrouted } from './unrouted';

/** A fastify instance whose routes are typed by their zod schemas. */
export type ApiServer = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Bytes that the body of a request may have. */
const bodyLimit = 1024 * 1024;
/** Of the JSON in it; a schema for an answer is the deepest that anybody sends. */
const deepestBody = 100;
/** Requests of one connection that are not answered yet. */
const mostInLine = 256;

/** ms; who takes longer is cut off. */
export interface ServerLimits {
  /** To shake hands, where there is TLS. */
  readonly handshake: number;
  /** For the headers of a request, and for the whole of it. */
  readonly headers: number;
  readonly request: number;
  /** Between two requests of a connection. */
  readonly keepAlive: number;
  /** Without a byte taken of an answer that is on its way. */
  readonly stall: number;
  /** Between two looks at whose time is up. */
  readonly look: number;
}

export const serverLimits: ServerLimits = {
  handshake: 5000,
  headers: 10_000,
  request: 30_000,
  keepAlive: 10_000,
  stall: 30_000,
  look: 1000,
};

/** Of every answer: no copy on disk, no use by pages of other origins, no guessing of types. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export function createServer(log: Logger, door: Door = loopbackDoor, limits = serverLimits): ApiServer {
  const app = Fastify({
    // Fastify would make a child logger per request; the one line below is enough.
    logger: false,
    bodyLimit,
    serverFactory: (handler) => listener(door, limits, handler),
    // While closing, a request on a kept connection still gets its answer, and the connection ends after it.
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, _request, reply) => sendError(reply, 400, error.message),
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = door.maxConnections;
  limitPerAddress(app.server, door.maxPerAddress);

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => handleError(error, request, reply, log));

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    const { socket } = request.raw;
    // It also fires where nothing is written for long: then there is nothing to be read.
    reply.raw.setTimeout(limits.stall, () => {
      if (socket.writableLength > 0) socket.destroy();
    });
    const { headers, answer } = door.judge(request.raw);
    // Streams that take the answer over get these, too.
    for (const [name, value = []] of Object.entries(headers)) reply.raw.setHeader(name, value);
    if (answer === undefined) {
      done();
      return;
    }
    const { status, refusal } = answer;
    log.debug({ method: request.method, status, reason: refusal?.message }, 'HTTP request not let in');
    if (refusal === null) reply.code(status).send();
    else sendRefusal(reply, status, refusal);
  });
  rejectUnrouted(app);
  answerInTurn(app, mostInLine);
  refuseDeepBodies(app, deepestBody);

  if (log.isLevelEnabled('debug')) {
    app.addHook('onResponse', (request, reply, done) => {
      const { method, url } = request;
      log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'HTTP request');
      done();
    });
  }
  return app;
}

function listener({ tls }: Door, limits: ServerLimits, handler: http.RequestListener): Server {
  const options = {
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.keepAlive,
    connectionsCheckingInterval: limits.look,
    // The guard refuses a request without one, in words.
    requireHostHeader: false,
  };
  if (tls === null) return http.createServer(options, handler);
  return https.createServer(
    { ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.handshake },
    handler,
  );
}
