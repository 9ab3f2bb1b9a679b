import assert from 'node:assert/strict';
import { once } from 'node:events';
import type http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import * as z from 'zod';
import { apiErrorSchema } from '#protocol';
import { type Api, startWiderApi } from '../../../server/src/api';
import { type Identity, openIdentity } from '../../../server/src/cluster';
import { cleanUp, freshFolder } from '../../support/host';
import { until } from '../../support/until';
import { type Answer, createLog, createParts } from './harness';

const address = '127.0.0.2';
const token = 'vramesh_right';
const page = 'https://chat.example';
const openAiError = z.object({
  error: z.object({
    message: z.string(),
    type: z.literal('invalid_request_error'),
    param: z.null(),
    code: z.literal('invalid_api_key'),
  }),
});

interface Asking {
  readonly method?: string;
  readonly route?: string;
  readonly localAddress?: string;
}

describe('HTTP API: from another machine', () => {
  const kept = createLog();
  let identity: Identity;
  let api: Api;
  let port: number;

  async function start(host: string): Promise<Api> {
    return startWiderApi({
      host,
      port: 0,
      key: identity.privateKey,
      cert: await identity.certificate(),
      token: { matches: (text) => text === token },
      origins: [page],
      parts: createParts(),
      log: kept.log,
    });
  }

  before(() => {
    identity = openIdentity(path.join(freshFolder(), 'identity.pem'));
  });
  after(cleanUp);
  // Wrong tokens are counted by address, and each test has its own count.
  beforeEach(async () => {
    api = await start(address);
    port = api.address.port;
  });
  afterEach(() => api.close());

  it('says in words that it cannot listen where this machine is not', async () => {
    await assert.rejects(
      start('192.0.2.1'),
      /this machine has no address 192\.0\.2\.1: give --http-listen one/,
    );
  });

  async function ask(
    headers: http.OutgoingHttpHeaders,
    { method = 'GET', route = '/state', localAddress }: Asking = {},
  ): Promise<Answer & { key: string }> {
    const request = https.request({
      host: address,
      port,
      path: route,
      method,
      headers,
      localAddress,
      agent: false,
      rejectUnauthorized: false,
    });
    request.end();
    const [response] = (await once(request, 'response')) as [
      http.IncomingMessage & { socket: tls.TLSSocket },
    ];
    const certificate = response.socket.getPeerX509Certificate();
    const spki = certificate?.publicKey.export({ type: 'spki', format: 'der' });
    const hash = await crypto.subtle.digest('SHA-256', Uint8Array.from(spki ?? []));
    response.setEncoding('utf8');
    let body = '';
    for await (const chunk of response) body += chunk;
    const key = Buffer.from(hash).toString('hex');
    return { status: response.statusCode ?? 0, headers: response.headers, body, key };
  }

  async function askRaw(bytes: string): Promise<string> {
    const socket = tls.connect({ host: address, port, rejectUnauthorized: false });
    socket.setEncoding('utf8').on('error', () => {});
    socket.write(bytes);
    let text = '';
    for await (const chunk of socket) text += chunk;
    return text;
  }

  const messageOf = (body: string) => apiErrorSchema.parse(JSON.parse(body)).error.message;

  const welcome: http.OutgoingHttpHeaders[] = [
    { authorization: `Bearer ${token}` },
    { authorization: `bearer  ${token}` },
    { authorization: `Bearer ${token}`, host: 'workstation.local:1' },
    { authorization: `Bearer ${token}`, 'sec-fetch-site': 'none' },
    { authorization: `Bearer ${token}`, origin: page, 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of welcome) {
    it(`answers ${JSON.stringify(headers)}, with the key of this node`, async () => {
      const { status, key } = await ask(headers);
      assert.equal(status, 200);
      assert.equal(key, identity.nodeId);
    });
  }

  it('a client that was given the certificate checks it by itself, under the name that is in it', async () => {
    const checked = { ca: await identity.certificate(), servername: 'vramesh' };
    const request = https.get({
      host: address,
      port,
      path: '/state',
      headers: { authorization: `Bearer ${token}` },
      agent: false,
      ...checked,
    });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 200);

    const other = openIdentity(path.join(freshFolder(), 'identity.pem'));
    const wrong = https.get({ host: address, port, agent: false, ...checked, ca: await other.certificate() });
    await assert.rejects(once(wrong, 'response'), /self-signed certificate/);
  });

  const unauthorized: { what: string; headers?: http.OutgoingHttpHeaders; route?: string; says: RegExp }[] = [
    { what: 'no token', says: /A token is needed: send the header "Authorization: Bearer TOKEN"/ },
    { what: 'a wrong token', headers: { authorization: 'Bearer vramesh_wrong' }, says: /not valid/ },
    { what: 'an empty token', headers: { authorization: 'Bearer ' }, says: /needed/ },
    { what: 'half a token', headers: { authorization: 'Bearer vramesh_' }, says: /not valid/ },
    { what: 'the token in the URL', route: `/state?token=${token}&key=${token}`, says: /needed/ },
    { what: 'another scheme', headers: { authorization: `Basic ${btoa(`x:${token}`)}` }, says: /needed/ },
    { what: 'no scheme', headers: { authorization: token }, says: /needed/ },
    { what: 'another header', headers: { 'x-api-key': token }, says: /needed/ },
    { what: 'a cookie', headers: { cookie: `token=${token}` }, says: /needed/ },
    { what: 'a token and more', headers: { authorization: `Bearer ${token} ${token}` }, says: /needed/ },
    { what: 'a long token', headers: { authorization: `Bearer ${'x'.repeat(9000)}` }, says: /needed/ },
    { what: 'a rebinding page, which has no token', headers: { host: 'evil.example' }, says: /needed/ },
  ];
  for (const { what, headers = {}, route = '/state', says } of unauthorized) {
    it(`answers 401 to ${what}, and under /v1 as OpenAI would`, async () => {
      for (const asked of [route, '/v1/models', '/events', '/nothing', '/metrics']) {
        const { status, body, headers: answered } = await ask(headers, { route: asked });
        assert.equal(status, 401, asked);
        assert.match(messageOf(body), says);
        if (asked.startsWith('/v1/')) openAiError.parse(JSON.parse(body));
        else assert.deepEqual(Object.keys(JSON.parse(body).error), ['message']);
        assert.equal(answered['www-authenticate'], 'Bearer realm="VRAMesh"');
      }
    });
  }

  const forbidden: { what: string; headers: http.OutgoingHttpHeaders; says: RegExp }[] = [
    {
      what: 'another origin',
      headers: { origin: 'https://evil.example' },
      says: /origin "https:\/\/evil\.example"/,
    },
    { what: 'the origin with a port', headers: { origin: `${page}:8443` }, says: /--http-origin/ },
    { what: 'the origin without TLS', headers: { origin: 'http://chat.example' }, says: /origin/ },
    { what: 'an origin that begins alike', headers: { origin: `${page}.evil.example` }, says: /origin/ },
    { what: 'a loopback origin', headers: { origin: 'http://localhost:3000' }, says: /origin/ },
    { what: 'the origin null', headers: { origin: 'null' }, says: /origin "null"/ },
    { what: 'another site', headers: { 'sec-fetch-site': 'cross-site' }, says: /another site/ },
  ];
  for (const { what, headers, says } of forbidden) {
    it(`answers 403 to a page of ${what}, also with the token`, async () => {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await ask({ ...headers, authorization: `Bearer ${token}` }, { method });
        assert.equal(answer.status, 403);
        assert.match(messageOf(answer.body), says);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    });
  }

  it('a page of the origin that was named may ask first, and then needs the token', async () => {
    const asking = { origin: page, 'access-control-request-method': 'POST' };
    const first = await ask(asking, { method: 'OPTIONS', route: '/place_instance' });
    assert.equal(first.status, 204);
    assert.equal(first.headers['access-control-allow-origin'], page);
    assert.match(String(first.headers['access-control-allow-headers']), /authorization/);
    assert.equal(first.headers['access-control-allow-credentials'], undefined);
    assert.equal(first.headers.vary, 'Origin');
    const without = await ask({ origin: page });
    assert.equal(without.status, 401);
    assert.equal(without.headers['access-control-allow-origin'], page, 'the page can read why');
    const { status, headers } = await ask({ origin: page, authorization: `Bearer ${token}` });
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-origin'], page);
  });

  it('events come with the header that lets the page read them', async () => {
    const request = https.request({
      host: address,
      port,
      path: '/events',
      headers: { origin: page, authorization: `Bearer ${token}` },
      agent: false,
      rejectUnauthorized: false,
    });
    request.on('error', () => {}).end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    assert.equal(response.headers['access-control-allow-origin'], page);
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    request.destroy();
  });

  it('stops listening to an address after ten wrong tokens, says so, and logs it once', async () => {
    kept.lines.length = 0;
    for (let i = 0; i < 10; i++) assert.equal((await ask({ authorization: `Bearer wrong${i}` })).status, 401);
    for (const authorization of ['Bearer wrong', `Bearer ${token}`]) {
      const answer = await ask({ authorization });
      assert.equal(answer.status, 429);
      assert.ok(Number(answer.headers['retry-after']) > 0);
      assert.match(messageOf(answer.body), /Too many wrong tokens came from .*Try again in \d+ seconds/);
    }
    assert.equal(kept.lines.length, 1);
    assert.match(kept.lines[0] ?? '', /Too many wrong tokens/);
    assert.doesNotMatch(kept.lines[0] ?? '', /vramesh_right|wrong9/);
  });

  it('asking without a token is no try', async () => {
    for (let i = 0; i < 12; i++) assert.equal((await ask({})).status, 401);
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200);
  });

  const head = (more: string) => `GET /state HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`;
  const right = `Authorization: Bearer ${token}\r\n`;
  const raw: { what: string; request: string; status: number }[] = [
    { what: 'the token, by hand', request: head(right), status: 200 },
    { what: 'two tokens', request: head(`${right}Authorization: Bearer wrong\r\n`), status: 401 },
    { what: 'no Host', request: `GET /state HTTP/1.1\r\n${right}Connection: close\r\n\r\n`, status: 403 },
    { what: 'two Hosts', request: head(`${right}Host: evil.example\r\n`), status: 403 },
    { what: 'two origins', request: head(`${right}Origin: ${page}\r\nOrigin: null\r\n`), status: 403 },
    {
      what: 'a proxy request',
      request: `GET http://evil.example/state HTTP/1.1\r\nHost: x\r\n${right}Connection: close\r\n\r\n`,
      status: 403,
    },
    {
      what: 'a length and chunks (request smuggling)',
      request: `POST /place_instance HTTP/1.1\r\nHost: x\r\n${right}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      status: 400,
    },
    {
      what: 'two lengths',
      request: `POST /place_instance HTTP/1.1\r\nHost: x\r\n${right}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`,
      status: 400,
    },
    { what: 'a header folded into two lines', request: head(`X: a\r\n ${right}`), status: 400 },
    { what: 'a line end in the middle of a header', request: head(`X: a\n\r${right}`), status: 400 },
    { what: 'headers without end', request: head(`${right}X: ${'x'.repeat(20_000)}\r\n`), status: 431 },
    { what: 'no HTTP', request: 'hello\r\n\r\n', status: 400 },
    {
      what: '64 MB without a token, before they come',
      request:
        'POST /place_instance HTTP/1.1\r\nHost: x\r\nContent-Length: 67108864\r\nConnection: close\r\n\r\n{',
      status: 401,
    },
  ];
  for (const { what, request, status } of raw) {
    it(`answers ${status} to ${what}, and goes on`, async () => {
      assert.match(await askRaw(request), new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200);
    });
  }

  it('one address cannot take all connections', async () => {
    const connect = async (localAddress: string) => {
      const socket = net.connect({ host: address, port, localAddress }).on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };
    const open = await Promise.all(Array.from({ length: 64 }, () => connect('127.0.0.3')));
    const tooMany = await connect('127.0.0.3');
    await once(tooMany.resume(), 'close');
    assert.ok(open.every((socket) => !socket.closed));
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200, 'another one is answered');
    for (const socket of open) socket.destroy();
    const authorization = `Bearer ${token}`;
    const isAnswered = ({ status }: Answer) => status === 200;
    await until('it is answered again', () =>
      ask({ authorization }, { localAddress: '127.0.0.3' }).then(isAnswered, () => false),
    );
  });

  const withoutTls = [head(right), '\u0016\u0003\u0001', '\u0000'.repeat(100)];
  for (const bytes of withoutTls) {
    it(`hangs up on ${JSON.stringify(bytes).slice(0, 30)} without TLS, and says nothing of itself`, async () => {
      const socket = net.connect(port, address);
      socket.setEncoding('utf8').on('error', () => {});
      socket.end(bytes);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      await once(socket, 'close');
      assert.doesNotMatch(text, /HTTP|topology/);
      assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200);
    });
  }
});
