/** The HTTP server without its routes: limits, who may ask, and one shape for everything that goes wrong. */
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { limitPerAddress } from './address-limit';
import type { Door } from './door';
import { answerUnreadable, handleError, sendError, sendRefusal } from './errors';
import { loopbackDoor } from './guard';
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
/** ms for the headers of a request, and for the whole of it: who sends slower is cut off. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const timeoutCheckMs = 1000;
const keepAliveMs = 10_000;
const handshakeMs = 5000;

/** Of every answer: no copy on disk, no use by pages of other origins, no guessing of types. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export function createServer(log: Logger, door: Door = loopbackDoor): ApiServer {
  const app = Fastify({
    // Fastify would make a child logger per request; the one line below is enough.
    logger: false,
    bodyLimit,
    serverFactory: (handler) => listener(door, handler),
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

  if (log.isLevelEnabled('debug')) {
    app.addHook('onResponse', (request, reply, done) => {
      const { method, url } = request;
      log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'HTTP request');
      done();
    });
  }
  return app;
}

function listener({ tls }: Door, handler: http.RequestListener): Server {
  const limits = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: timeoutCheckMs,
    // The guard refuses a request without one, in words.
    requireHostHeader: false,
  };
  if (tls === null) return http.createServer(limits, handler);
  return https.createServer(
    { ...limits, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs },
    handler,
  );
}
