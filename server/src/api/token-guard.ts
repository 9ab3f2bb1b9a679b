/**
 * Who may ask from another machine: whoever has the token, over TLS with this node's certificate. A page gets nothing
 * unless its origin was named; then it needs the token like anybody else.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import { type Door, headerValues, quote, type Verdict } from './door';
import { createWrongTries } from './wrong-tries';

export interface TokenGuardOptions {
  readonly key: string;
  readonly cert: string;
  readonly token: { matches(text: string): boolean };
  /** Exactly as browsers spell them: "https://chat.example". */
  readonly origins: readonly string[];
  readonly log: Logger;
}

/** Fewer than on loopback: here strangers may connect. */
const maxConnections = 256;
const maxPerAddress = 64;
const preflightSeconds = 600;
const bearer = /^Bearer +([\w.~+/-]{1,256}=*)$/i;

export function tokenDoor({ key, cert, token, origins, log }: TokenGuardOptions): Door {
  const allowed = new Set(origins);
  const wrongTries = createWrongTries(() => performance.now());

  function judge(request: IncomingMessage): Verdict {
    if (!request.url?.startsWith('/')) return refused(403, 'This is not a proxy. Ask for a path.');
    if (headerValues(request, 'host').length !== 1) return refused(403, 'One Host header is needed.');
    const [origin, ...otherOrigins] = headerValues(request, 'origin');
    if (origin === undefined) {
      if (request.headers['sec-fetch-site'] === 'cross-site')
        return refused(403, 'Requests that another site causes get no answer.');
      return authorize(request, {});
    }
    if (otherOrigins.length > 0 || !allowed.has(origin)) {
      const advice = 'Name it with --http-origin where the host is started, if you trust it.';
      return refused(403, `Pages of origin ${quote(origin)} get no answer. ${advice}`);
    }
    const headers = { 'access-control-allow-origin': origin, vary: 'Origin' };
    return isPreflight(request) ? preflight(headers) : authorize(request, headers);
  }

  function authorize(request: IncomingMessage, headers: OutgoingHttpHeaders): Verdict {
    const address = request.socket.remoteAddress ?? '';
    const wait = wrongTries.secondsLeft(address);
    if (wait > 0) {
      const message = `Too many wrong tokens came from ${address}. Try again in ${wait} seconds.`;
      return refused(429, message, { ...headers, 'retry-after': String(wait) });
    }
    const [sent, ...others] = headerValues(request, 'authorization');
    const text = others.length > 0 ? undefined : bearer.exec(sent ?? '')?.[1];
    if (text !== undefined && token.matches(text)) return { headers };
    if (text !== undefined && wrongTries.add(address) === 'last')
      log.warn(`Too many wrong tokens for the HTTP API came from ${address}: it has to wait.`);
    return unauthorized(text === undefined, headers);
  }

  return { tls: { key, cert }, maxConnections, maxPerAddress, judge };
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** A browser asks first, and cannot send the token with it. */
function preflight(headers: OutgoingHttpHeaders): Verdict {
  return {
    headers: {
      ...headers,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': String(preflightSeconds),
    },
    answer: { status: 204, refusal: null },
  };
}

function unauthorized(isMissing: boolean, headers: OutgoingHttpHeaders): Verdict {
  const message = isMissing
    ? 'A token is needed: send the header "Authorization: Bearer TOKEN". "vramesh token new" makes one.'
    : 'This token is not valid (any more). "vramesh token new" makes another one.';
  return {
    headers: { ...headers, 'www-authenticate': 'Bearer realm="VRAMesh"' },
    answer: { status: 401, refusal: { message, code: 'invalid_api_key' } },
  };
}

function refused(status: number, message: string, headers: OutgoingHttpHeaders = {}): Verdict {
  return { headers, answer: { status, refusal: { message, code: null } } };
}
