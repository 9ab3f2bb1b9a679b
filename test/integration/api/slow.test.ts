/** Slow-loris: who sends its request for ever, or none, ends with 408 or a closed connection, whatever it asks for. */
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { serverLimits } from '../../../server/src/api/server';
import { cleanUp } from '../../support/host';
import { until } from '../../support/until';
import { close, createEndless, type Opened, open, token, widerDoor } from './endless';

const limits = { ...serverLimits, handshake: 150, headers: 100, request: 200, keepAlive: 100, look: 20 };
const everyMs = 15;

const routes = [
  'GET /health',
  'GET /state',
  'GET /events',
  'GET /metrics',
  'GET /openapi.json',
  'GET /',
  'GET /v1/models',
  'POST /place_instance',
  'POST /infill',
  'POST /tokenize',
  'POST /v1/completions',
  'POST /v1/chat/completions',
  'DELETE /instance/some-id',
  'POST /nothing',
];

interface Rude {
  readonly what: string;
  /** Sent at once. */
  readonly first: (route: string) => string;
  /** Sent byte by byte from then on, over and over. */
  readonly forever: string;
  /** The headers are whole. */
  readonly inBody?: true;
}

const head = (route: string) => `${route} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
const withBody = (route: string) =>
  `${head(route)}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n`;
const inChunks = (route: string) =>
  `${head(route)}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;

const rude: Rude[] = [
  { what: 'says nothing', first: () => '', forever: '' },
  { what: 'stops in the first line', first: (route) => route, forever: '' },
  { what: 'stops in the headers', first: head, forever: '' },
  { what: 'never ends a header', first: (route) => `${head(route)}X: `, forever: 'x' },
  { what: 'always has one more header', first: head, forever: 'X: y\r\n' },
  { what: 'stops before the body', first: withBody, forever: '', inBody: true },
  {
    what: 'never ends the body',
    first: (route) => `${withBody(route)}{"prompt":"`,
    forever: ' ',
    inBody: true,
  },
  { what: 'never ends a chunk', first: (route) => `${inChunks(route)}3e8\r\n{`, forever: ' ', inBody: true },
  { what: 'always has one more chunk', first: inChunks, forever: '1\r\n \r\n', inBody: true },
];

describe('HTTP API: who sends slowly', () => {
  let loopback: Opened;
  let wider: Opened;
  before(async () => {
    const { parts } = createEndless();
    loopback = await open(parts, limits);
    wider = await open(parts, limits, { door: await widerDoor() });
  });
  after(async () => {
    await Promise.all([close(loopback), close(wider)]);
    await cleanUp();
  });

  /** What came back until the server ended the connection. */
  async function send(socket: net.Socket, first: string, forever: string): Promise<string> {
    let text = '';
    socket.setEncoding('utf8').on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(first);
    let sent = 0;
    const trickle = setInterval(() => {
      if (forever !== '' && socket.writable) socket.write(forever.charAt(sent++ % forever.length));
    }, everyMs);
    await new Promise<void>((fulfil) => socket.once('close', () => fulfil()));
    clearInterval(trickle);
    return text;
  }

  async function areAllGone({ app, lines }: Opened): Promise<void> {
    await until('no connection is left', async () => {
      return (await promisify(app.server.getConnections.bind(app.server))()) === 0;
    });
    assert.deepEqual(lines, [], 'nothing of it is worth a line of the log');
  }

  /** Where no body is wanted, the answer does not wait for one. */
  function assertCutOff(text: string, route: string, inBody: boolean): void {
    const waits = !inBody || !(route.startsWith('GET') || route === 'POST /nothing');
    assert.match(
      text,
      waits ? /^(HTTP\/1\.1 408 |$)/ : /^(HTTP\/1\.1 (200|404|408) |$)/,
      `${route}: ${text}`,
    );
  }

  for (const { what, first, forever, inBody } of rude) {
    it(`and ${what}: is cut off, on every route`, async () => {
      const answers = await Promise.all(
        routes.map((route) => send(net.connect(loopback.port, '127.0.0.1'), first(route), forever)),
      );
      for (const [index, answer] of answers.entries())
        assertCutOff(answer, routes[index] ?? '', inBody ?? false);
      await areAllGone(loopback);
    });

    it(`and ${what}: is cut off with TLS, too`, async () => {
      const answers = await Promise.all(
        routes.map((route) => {
          const socket = tls.connect({ host: '127.0.0.1', port: wider.port, rejectUnauthorized: false });
          return send(socket, first(route), forever);
        }),
      );
      for (const [index, answer] of answers.entries())
        assertCutOff(answer, routes[index] ?? '', inBody ?? false);
      await areAllGone(wider);
    });
  }

  for (const [what, bytes] of [
    ['says nothing', ''],
    ['begins to shake hands', '\x16\x03\x01\x02\x00\x01'],
  ] as const)
    it(`and ${what} where TLS is spoken: is hung up on`, async () => {
      assert.equal(await send(net.connect(wider.port, '127.0.0.1'), bytes, ''), '');
      await areAllGone(wider);
    });

  it('and asks nothing more on a connection: it is closed', async () => {
    const answer = await send(net.connect(loopback.port, '127.0.0.1'), `${head('GET /health')}\r\n`, '');
    assert.match(answer, /^HTTP\/1\.1 200 /);
    await areAllGone(loopback);
  });
});
