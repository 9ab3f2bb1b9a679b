import assert from 'node:assert/strict';
import { once } from 'node:events';
import type http from 'node:http';
import https from 'node:https';
import type tls from 'node:tls';
import * as z from 'zod';
import { cleanUp, freshHome, startHost, vramesh } from '../../support/host';

const created = z.object({ token: z.string(), pin: z.string() });

async function makeToken(home: string) {
  const { code, stdout, stderr } = await vramesh(['token', 'new', '--json'], { home });
  assert.deepEqual([code, stderr], [0, '']);
  return created.parse(JSON.parse(stdout));
}

/** As `curl --insecure --pinnedpubkey` asks: the key is what is checked. */
async function ask(url: string, token: string): Promise<{ status: number; pin: string }> {
  const headers = { authorization: `Bearer ${token}` };
  const request = https.get(`https://${url}/health`, { headers, agent: false, rejectUnauthorized: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage & { socket: tls.TLSSocket }];
  const spki = response.socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.from(spki ?? []));
  response.resume();
  return { status: response.statusCode ?? 0, pin: `sha256//${Buffer.from(hash).toString('base64')}` };
}

describe('command line: other machines and the HTTP API', () => {
  afterEach(cleanUp);

  it('serve --http-listen without a token: does not start, and says what to do', async () => {
    const { code, stderr } = await vramesh(['serve', '--http-port', '0', '--http-listen', '127.0.0.2:0'], {
      home: freshHome(),
    });
    assert.equal(code, 1);
    assert.match(stderr, /^vramesh: Other machines need a token: make one with "vramesh token new"/);
  });

  it('serve --http-origin alone: refused, since it would do nothing', async () => {
    const args = ['serve', '--http-port', '0', '--http-origin', 'https://chat.example'];
    const { code, stderr } = await vramesh(args, { home: freshHome() });
    assert.equal(code, 1);
    assert.match(stderr, /--http-origin is for --http-listen/);
  });

  it('token new, serve, ask; a new token voids the first, and token remove all, while the host runs', async () => {
    const home = freshHome();
    const first = await makeToken(home);
    const host = await startHost({ home, args: ['--http-listen', '127.0.0.2:0'] });
    const url = host.ready.https ?? '';
    assert.match(url, /^127\.0\.0\.2:\d+$/);
    const answer = await ask(url, first.token);
    assert.deepEqual(answer, { status: 200, pin: first.pin });
    assert.equal((await fetch(`http://${host.ready.http}/health`)).status, 200, 'loopback needs none');

    const second = await makeToken(home);
    assert.equal(second.pin, first.pin);
    assert.equal((await ask(url, first.token)).status, 401);
    assert.equal((await ask(url, second.token)).status, 200);

    const removed = await vramesh(['token', 'remove', '--json'], { home });
    assert.deepEqual(JSON.parse(removed.stdout), { removed: true });
    assert.equal((await ask(url, second.token)).status, 401);
  });

  it('token new shows a line for the other machine', async () => {
    const { stdout } = await vramesh(['token', 'new'], { home: freshHome() });
    assert.match(stdout, /^vramesh_[\w-]{43}$/m);
    assert.match(
      stdout,
      /curl --insecure --pinnedpubkey 'sha256\/\/[\w+/]{43}=' -H 'Authorization: Bearer vramesh_/,
    );
  });
});
