/** Requests that two programs in a row could read in two ways: refused, and nothing after them is taken for another request. */
import assert from 'node:assert/strict';
import { type Api, startApi } from '../../../server/src/api';
import { ask, askRaw, createLog, createParts } from './harness';

const json = '{"model_id":"vramesh-tiny"}';
const hidden = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

function post(headers: readonly string[], body = ''): string {
  const lines = [
    'POST /place_instance HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

const chunked = 'Transfer-Encoding: chunked';
const inChunks = (body: string) => post([chunked], body);
const size = json.length.toString(16);
const chunk = `${size}\r\n${json}\r\n`;
const length = `Content-Length: ${json.length}`;

const cases: [what: string, request: string][] = [
  ['a length, then chunks', post([length, chunked], `${chunk}0\r\n\r\n`)],
  ['chunks, then a length', post([chunked, length], `${chunk}0\r\n\r\n`)],
  ['a length of nothing, and chunks', post(['Content-Length: 0', chunked], `${chunk}0\r\n\r\n`)],
  ['two lengths', post([length, 'Content-Length: 5'], json)],
  ['the same length twice', post([length, length], json)],
  ['a list of lengths', post([`${length}, ${json.length}`], json)],
  ['a length with a sign', post([`Content-Length: +${json.length}`], json)],
  ['a length below nothing', post(['Content-Length: -1'], json)],
  ['a length in hexadecimal', post([`Content-Length: 0x${size}`], json)],
  ['a length without digits', post(['Content-Length: '], json)],
  ['a length that no number holds', post([`Content-Length: ${'9'.repeat(30)}`], json)],
  ['a space before the colon', post([`Transfer-Encoding : chunked`], `${chunk}0\r\n\r\n`)],
  ['an encoding that is not known', post(['Transfer-Encoding: xchunked'], `${chunk}0\r\n\r\n`)],
  ['chunks that are not the last encoding', post([`${chunked}, identity`], `${chunk}0\r\n\r\n`)],
  ['chunks, twice in two headers', post([chunked, 'Transfer-Encoding: identity'], `${chunk}0\r\n\r\n`)],
  ['an encoding with a control character', post(['Transfer-Encoding: \u000bchunked'], `${chunk}0\r\n\r\n`)],
  ['a header folded into the next line', post(['Transfer-Encoding:', ' chunked'], `${chunk}0\r\n\r\n`)],
  ['a header without a name', post([': x', length], json)],
  ['a zero in a header', post(['X: a\u0000b', length], json)],
  ['a line that ends in the middle of a header', post(['X: a\rContent-Length: 5', length], json)],
  ['lines that end with a line feed only', post([length], json).replaceAll('\r\n', '\n')],
  ['a chunk whose size is none', inChunks(`xyz\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk without a size', inChunks(`\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk below nothing', inChunks(`-1\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk size with 0x', inChunks(`0x${size}\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk size with a sign', inChunks(`+${size}\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk size after a space', inChunks(` ${size}\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk size that no number holds', inChunks(`${'f'.repeat(17)}\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk size that wraps around', inChunks(`1${'0'.repeat(16)}\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk size that ends with a line feed only', inChunks(`${size}\n${json}\r\n0\r\n\r\n`)],
  ['a chunk that is longer than its size', inChunks(`5\r\n${json}\r\n0\r\n\r\n`)],
  ['a chunk that does not end', inChunks(`${size}\r\n${json}0\r\n\r\n`)],
];

describe('HTTP API: request smuggling', () => {
  const { log, lines } = createLog();
  let api: Api;
  let port: number;
  before(async () => {
    api = await startApi({ port: 0, parts: createParts(), log });
    port = api.address.port;
  });
  after(() => api.close());

  for (const [what, request] of cases)
    it(`${what}: 400, and the connection ends there`, async () => {
      const answer = await askRaw(port, request + hidden);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer);
      assert.doesNotMatch(answer, /uptime_seconds/);
      assert.deepEqual(lines, []);
    });

  it('and what is well-formed is taken as one request, with the next one after it', async () => {
    for (const request of [
      post([length], json),
      inChunks(`${chunk}0\r\n\r\n`),
      inChunks(`${size};x=y\r\n${json}\r\n0\r\nX: y\r\n\r\n`),
    ]) {
      const answer = await askRaw(port, request + hidden);
      assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 202', 'HTTP/1.1 200'], answer);
    }
  });

  const targets: [what: string, request: string, status: RegExp][] = [
    [
      'two Hosts, both this machine',
      'GET /state HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n',
      /^HTTP\/1\.1 403 /,
    ],
    [
      'this machine as a proxy',
      'GET http://localhost/state HTTP/1.1\r\nHost: localhost\r\n',
      /^HTTP\/1\.1 403 /,
    ],
    ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n', /^$/],
    ['the whole server', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n', /^HTTP\/1\.1 403 /],
    [
      'another host in the path',
      'GET //evil.example/state HTTP/1.1\r\nHost: localhost\r\n',
      /^HTTP\/1\.1 404 /,
    ],
    [
      'a path out of the page’s folder',
      'GET /../package.json HTTP/1.1\r\nHost: localhost\r\n',
      /^HTTP\/1\.1 404 /,
    ],
    ['the same, encoded', 'GET /%2e%2e/package.json HTTP/1.1\r\nHost: localhost\r\n', /^HTTP\/1\.1 404 /],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n', /^HTTP\/1\.1 400 /],
    ['no version, and so without a Host', 'GET /state\r\n', /^HTTP\/1\.1 403 /],
    [
      'another protocol',
      'GET /state HTTP/1.1\r\nHost: localhost\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n',
      /^HTTP\/1\.1 200 /,
    ],
    [
      'what nobody can expect',
      'GET /state HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\n',
      /^HTTP\/1\.1 417 /,
    ],
  ];
  for (const [what, request, status] of targets)
    it(`asking for ${what}: answers ${status.source}`, async () => {
      const end = request.includes('Upgrade') ? '\r\n' : 'Connection: close\r\n\r\n';
      assert.match(await askRaw(port, request + end), status);
      assert.equal((await ask(port, '/health')).status, 200);
    });
});
