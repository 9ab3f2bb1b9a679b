/**
 * Who may ask. Loopback keeps other machines out, but not the pages in this machine's browser: a page can send
 * requests to 127.0.0.1, and with DNS rebinding it can also read the answers under its own name. Its name is then
 * in `Host`, `Origin` or `Sec-Fetch-Site`, which a page cannot forge.
 */
import type { IncomingMessage } from 'node:http';
import { type Door, headerValues, quote } from './door';

const maxConnections = 1024;
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

export const loopbackDoor: Door = {
  tls: null,
  maxConnections,
  // All of them come from this machine.
  maxPerAddress: maxConnections,
  judge(request) {
    const message = refusal(request);
    return message === null
      ? { headers: {} }
      : { headers: {}, answer: { status: 403, refusal: { message, code: null } } };
  },
};

/** Why the request is refused, in words for the one who sent it; `null` when it may pass. */
function refusal(request: IncomingMessage): string | null {
  const advice = `Use http://127.0.0.1:${request.socket.localPort} from this machine.`;

  if (!request.url?.startsWith('/')) return `This is not a proxy. ${advice}`;

  const [host, ...otherHosts] = headerValues(request, 'host');
  if (host === undefined || otherHosts.length > 0) return `One Host header is needed. ${advice}`;
  if (!isLoopbackHost(host)) return `Host ${quote(host)} is not this machine. ${advice}`;

  const foreign = headerValues(request, 'origin').find((origin) => !isLoopbackOrigin(origin));
  if (foreign !== undefined) return `Pages of origin ${quote(foreign)} get no answer. ${advice}`;

  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return `Requests that another site causes get no answer. ${advice}`;
  }
  return null;
}

/** Whatever its port: an editor or ssh may forward another one to ours, and a rebinding page has a name of its own. */
function isLoopbackHost(host: string): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase());
  return match?.[1] !== undefined && loopbackNames.has(match[1]);
}

function isLoopbackOrigin(origin: string): boolean {
  const match = /^https?:\/\/(\[[^\]]*\]|[^:/]*)(?::\d{1,5})?$/.exec(origin.toLowerCase());
  return match?.[1] !== undefined && loopbackNames.has(match[1]);
}
