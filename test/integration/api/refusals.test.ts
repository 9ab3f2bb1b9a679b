import assert from 'node:assert/strict';
import { apiErrorSchema } from '#protocol';
import { type Api, startApi } from '../../../server/src/api';
import { ask, askRaw, createLog, createParts } from './harness';

describe('HTTP API: who may ask', () => {
  let api: Api;
  let port: number;

  before(async () => {
    api = await startApi({ port: 0, parts: createParts(), log: createLog().log });
    port = api.address.port;
  });
  after(() => api.close());

  /** PORT stands for the port that the API listens on. */
  const here = (text: string) => text.replace('PORT', String(port));

  const welcome: Record<string, string>[] = [
    { host: '127.0.0.1:PORT' },
    { host: 'localhost:PORT' },
    { host: 'LocalHost:PORT' },
    { host: '[::1]:PORT' },
    { host: 'localhost' },
    { host: 'localhost:8080' },
    { host: 'localhost:PORT', origin: 'http://localhost:PORT' },
    { host: 'localhost:PORT', origin: 'http://127.0.0.1:3000' },
    { host: 'localhost:PORT', origin: 'http://[::1]' },
    { host: 'localhost:PORT', 'sec-fetch-site': 'none' },
    { host: 'localhost:PORT', 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of welcome) {
    it(`answers ${JSON.stringify(headers)}`, async () => {
      const { status } = await ask(port, '/state', { headers: filled(headers) });
      assert.equal(status, 200);
    });
  }

  const refused: { headers: Record<string, string>; says: RegExp }[] = [
    { headers: { host: 'evil.example' }, says: /Host "evil\.example" is not this machine/ },
    { headers: { host: 'evil.example:PORT' }, says: /Host "evil/ },
    { headers: { host: 'localhost.evil.example:PORT' }, says: /Host/ },
    { headers: { host: '127.0.0.1.nip.io:PORT' }, says: /Host/ },
    { headers: { host: 'localhost@evil.example:PORT' }, says: /Host/ },
    { headers: { host: '192.168.1.7:PORT' }, says: /Host/ },
    { headers: { host: '0.0.0.0:PORT' }, says: /Host/ },
    { headers: { host: 'localhost:x' }, says: /Use http:\/\/127\.0\.0\.1:\d+/ },
    { headers: { host: 'localhost:PORT:PORT' }, says: /Host/ },
    { headers: { host: 'x'.repeat(4000) }, says: /Host "x{80}…"/ },
    { headers: { host: 'localhost:PORT', origin: 'null' }, says: /origin "null"/ },
    { headers: { host: 'localhost:PORT', origin: 'https://evil.example' }, says: /origin "https:\/\/evil/ },
    { headers: { host: 'localhost:PORT', origin: 'http://localhost.evil.example' }, says: /origin/ },
    { headers: { host: 'localhost:PORT', origin: 'http://localhost:1/x' }, says: /origin/ },
    { headers: { host: 'localhost:PORT', origin: 'vscode-webview://abc' }, says: /origin/ },
    { headers: { host: 'localhost:PORT', 'sec-fetch-site': 'cross-site' }, says: /another site/ },
  ];
  for (const { headers, says } of refused) {
    it(`refuses ${JSON.stringify(headers).slice(0, 90)}`, async () => {
      for (const path of ['/state', '/events', '/nothing']) {
        const { status, body } = await ask(port, path, { headers: filled(headers) });
        assert.equal(status, 403, path);
        assert.match(apiErrorSchema.parse(JSON.parse(body)).error.message, says);
      }
    });
  }

  const raw = [
    {
      what: 'two hosts',
      request: 'GET /state HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.example\r\n',
      status: 403,
    },
    { what: 'no host', request: 'GET /state HTTP/1.1\r\n', status: 403 },
    { what: 'an empty host', request: 'GET /state HTTP/1.1\r\nHost: \r\n', status: 403 },
    { what: 'no host in HTTP/1.0', request: 'GET /state HTTP/1.0\r\n', status: 403 },
    {
      what: 'a proxy request',
      request: 'GET http://evil.example/state HTTP/1.1\r\nHost: localhost:PORT\r\n',
      status: 403,
    },
    {
      what: 'two origins',
      request: 'GET /state HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: http://localhost\r\nOrigin: null\r\n',
      status: 403,
    },
    { what: 'no HTTP at all', request: '\u0016\u0003\u0001 hello\r\n', status: 400 },
    {
      what: 'a length and chunks (request smuggling)',
      request:
        'POST /state HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n',
      status: 400,
    },
    {
      what: 'headers without end',
      request: `GET /state HTTP/1.1\r\nHost: localhost:PORT\r\nX: ${'x'.repeat(20_000)}\r\n`,
      status: 431,
    },
  ];
  for (const { what, request, status } of raw) {
    it(`answers ${status} to ${what}, and goes on`, async () => {
      const answer = await askRaw(port, `${here(request)}Connection: close\r\n\r\n`);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      const body = answer.slice(answer.indexOf('\r\n\r\n'));
      assert.doesNotMatch(apiErrorSchema.parse(JSON.parse(body)).error.message, /Error|node_modules|\.ts:/);
      assert.equal((await ask(port, '/health')).status, 200);
    });
  }

  function filled(headers: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, here(value)]));
  }
});
