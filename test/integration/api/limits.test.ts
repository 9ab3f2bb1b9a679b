import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { promisify } from 'node:util';
import { z } from 'zod';
import { apiErrorSchema } from '#protocol';
import { startApi } from '../../../server/src/api';
import { HttpError } from '../../../server/src/api/errors';
import { type ApiServer, createServer } from '../../../server/src/api/server';
import { ask, askRaw, createLog, createParts, listen, until } from './harness';

const mib = 1024 * 1024;

describe('HTTP API: limits and faults', () => {
  let app: ApiServer;
  let port: number;
  let lines: string[];

  /** The server with routes that take bodies, fail and lie, as those of later features may. */
  beforeEach(async () => {
    const kept = createLog();
    lines = kept.lines;
    app = createServer(kept.log);
    app.post('/length', { schema: { body: z.object({ text: z.string() }) } }, (request) => ({
      length: request.body.text.length,
    }));
    app.get('/busy/:id', () => {
      throw new HttpError(503, 'The model is still loading.');
    });
    app.get('/broken', () => {
      throw new Error('secret detail at /home/me/host.ts:12');
    });
    app.get('/lie', { schema: { response: { 200: z.object({ free: z.number() }) } } }, () => ({
      free: Number.NaN,
    }));
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterEach(async () => {
    app.server.closeAllConnections();
    await app.close();
  });

  function post(body: string, type = 'application/json') {
    return ask(port, '/length', { method: 'POST', headers: { 'content-type': type }, body });
  }

  const bodies = [
    { what: 'a body under the limit', body: JSON.stringify({ text: 'x'.repeat(mib - 100) }), status: 200 },
    {
      what: 'a body over 1 MiB',
      body: JSON.stringify({ text: 'x'.repeat(mib) }),
      status: 413,
      says: /too large/,
    },
    { what: 'half a JSON text', body: '{"text": "x', status: 400, says: /JSON/ },
    { what: 'no JSON text', body: '', status: 400, says: /empty/ },
    { what: 'a wrong type', body: '{"text": 7}', status: 400, says: /^body\/text: .*expected string/ },
    { what: 'a missing field', body: '{}', status: 400, says: /body\/text/ },
    { what: 'a list', body: '[]', status: 400, says: /^body: .*expected object/ },
    { what: 'a prototype', body: '{"__proto__": {"text": "x"}}', status: 400, says: /JSON/ },
    {
      what: 'another format',
      body: 'text=x',
      type: 'application/x-www-form-urlencoded',
      status: 415,
      says: /media type/i,
    },
  ];
  for (const { what, body, type, status, says } of bodies) {
    it(`answers ${status} to ${what}`, async () => {
      const answer = await post(body, type);
      assert.equal(answer.status, status);
      if (says !== undefined) assert.match(apiErrorSchema.parse(JSON.parse(answer.body)).error.message, says);
      assert.deepEqual(lines, []);
    });
  }

  it('refuses a body of 64 MB by its length, without waiting for it', async () => {
    const answer = await askRaw(
      port,
      `POST /length HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 67108864\r\n\r\n{`,
    );
    assert.match(answer, /^HTTP\/1\.1 413 /);
  });

  it('stops reading a body of 64 MB that does not say its length', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /length HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    socket.resume();
    const chunk = `100000\r\n${' '.repeat(mib)}\r\n`;
    let sent = 0;
    while (sent < 64 && !socket.destroyed && !socket.readableEnded) {
      if (!socket.write(chunk))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed(socket)]);
      sent++;
    }
    assert.ok(sent < 64, `${sent} MiB were taken`);
    assert.equal((await post('{"text":"x"}')).status, 200);
  });

  it('cuts off who never finishes its headers, with 408', async () => {
    app.server.headersTimeout = 50;
    const answer = await askRaw(port, `POST /length HTTP/1.1\r\nHost: localhost:${port}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 408 .*did not arrive in time/s);
  });

  it('cuts off who never finishes its body', async () => {
    app.server.requestTimeout = 50;
    app.server.headersTimeout = 50;
    const answer = await askRaw(
      port,
      `POST /length HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
    );
    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  it('forgets half a request whose connection is cut', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(
      `POST /length HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"te`,
    );
    await once(app.server, 'request');
    socket.resetAndDestroy();
    await until(() => isIdle(app.server));
    assert.deepEqual(lines, []);
    assert.equal((await post('{"text":"x"}')).status, 200);
  });

  it('answers a hundred requests sent at once on one connection', async () => {
    const request = `GET /busy/1 HTTP/1.1\r\nHost: localhost:${port}\r\n`;
    const answer = await askRaw(port, `${`${request}\r\n`.repeat(99)}${request}Connection: close\r\n\r\n`);
    assert.equal(answer.match(/HTTP\/1\.1 503 /g)?.length, 100);
  });

  it('says what a handler meant to say', async () => {
    const { status, body } = await ask(port, '/busy/1');
    assert.equal(status, 503);
    assert.deepEqual(JSON.parse(body), { error: { message: 'The model is still loading.' } });
    assert.deepEqual(lines, []);
  });

  it('knows the other methods of a path with parameters', async () => {
    const { status, headers } = await ask(port, '/busy/some-id', { method: 'DELETE' });
    assert.equal(status, 405);
    assert.equal(headers.allow, 'GET, HEAD');
    assert.equal((await ask(port, '/busy/a/b')).status, 404);
  });

  for (const path of ['/broken', '/lie']) {
    it(`tells the caller nothing of a fault of ours, and the log once (${path})`, async () => {
      const { status, body } = await ask(port, path);
      assert.equal(status, 500);
      assert.deepEqual(Object.keys(JSON.parse(body)), ['error']);
      assert.match(apiErrorSchema.parse(JSON.parse(body)).error.message, /^The host could not answer/);
      assert.doesNotMatch(body, /secret|host\.ts/);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', new RegExp(`HTTP GET ${path} failed`));
    });
  }
});

describe('HTTP API: its port', () => {
  it('says that the port is in use, and what to do', async () => {
    const other = http.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await assert.rejects(
      startApi({ port, parts: createParts(), log: createLog().log }),
      new RegExp(`^Error: port ${port} is in use by another program: .*--http-port`),
    );
    other.close();
  });

  it('is free again after close, which no open connection holds up', async () => {
    const parts = createParts();
    const api = await startApi({ port: 0, parts, log: createLog().log });
    const { port } = api.address;
    const half = net.connect(port, '127.0.0.1').on('error', () => {});
    half.write('GET /state HTTP/1.1\r\n');
    const streams = await Promise.all([listen(port), listen(port), listen(port)]);
    const ends = streams.map((stream) => once(stream.resume(), 'end'));

    await api.close();
    await Promise.all([...ends, closed(half)]);
    assert.deepEqual([parts.listeners.size, parts.lookers.size], [0, 0]);
    const next = await startApi({ port, parts, log: createLog().log });
    assert.equal((await ask(port, '/health')).status, 200);
    await next.close();
  });
});

function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
}

async function isIdle(server: http.Server): Promise<boolean> {
  return (await promisify(server.getConnections.bind(server))()) === 0;
}
