import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import type tls from 'node:tls';
import * as z from 'zod';
import { diagnoseRequest } from '#protocol';
import { cleanUp, freshFolder, freshHome, startHost, vramesh } from '../../support/host';

const created = z.object({ token: z.string(), pin: z.string() });

async function makeToken(home: string) {
  const { code, stdout, stderr } = await vramesh(['token', 'new', '--json'], { home });
  assert.deepEqual([code, stderr], [0, '']);
  return created.parse(JSON.parse(stdout));
}

/** As `curl --insecure --pinnedpubkey` asks: the key is what is checked. */
async function ask(
  url: string,
  token: string,
): Promise<{ status: number; pin: string; fingerprint: string | null }> {
  const headers = { authorization: `Bearer ${token}` };
  const request = https.get(`https://${url}/health`, { headers, agent: false, rejectUnauthorized: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage & { socket: tls.TLSSocket }];
  const certificate = response.socket.getPeerX509Certificate();
  const spki = certificate?.publicKey.export({ type: 'spki', format: 'der' });
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.from(spki ?? []));
  response.resume();
  return {
    status: response.statusCode ?? 0,
    pin: `sha256//${Buffer.from(hash).toString('base64')}`,
    fingerprint: certificate?.fingerprint256 ?? null,
  };
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

  it('service install takes the same options, and writes nothing that would not start', async () => {
    const home = freshHome();
    const config = freshFolder();
    const unit = path.join(config, 'systemd', 'user', 'vramesh.service');
    const install = (...args: string[]) =>
      vramesh(['service', 'install', ...args], { home, env: { XDG_CONFIG_HOME: config } });

    const early = await install('--http-listen', '0.0.0.0');
    assert.equal(early.code, 1);
    assert.match(
      early.stderr,
      /^vramesh: Other machines need a token: .*"vramesh token new".*Nothing was written/,
    );
    const alone = await install('--http-origin', 'https://chat.example');
    assert.match(alone.stderr, /--http-origin is for --http-listen/);
    assert.equal(existsSync(unit), false);

    await makeToken(home);
    const { code } = await install('--http-listen', '::', '--http-origin', 'https://chat.example');
    assert.equal(code, 0);
    const written = readFileSync(unit, 'utf8');
    assert.match(
      written,
      /^ExecStart=.* serve "--http-listen" "\[::\]:52416" "--http-origin" "https:\/\/chat\.example"$/m,
    );
    assert.match(written, new RegExp(`^Environment="VRAMESH_HOME=${home}"$`, 'm'));

    assert.equal((await install()).code, 0);
    assert.match(readFileSync(unit, 'utf8'), /^ExecStart=.* serve$/m);
  });

  it('doctor says where the door is, and warns when the token has gone', async () => {
    const home = freshHome();
    const { pin } = await makeToken(home);
    const { ready } = await startHost({ home, args: ['--no-discovery', '--http-listen', '127.0.0.2:0'] });
    const door = async () => {
      const { stdout } = await vramesh(['doctor', '--json'], { home });
      const { checks } = diagnoseRequest.result.parse(JSON.parse(stdout));
      return checks.filter(({ name }) => name === 'HTTPS port' || name === 'Certificate');
    };
    const [port, certificate] = await door();
    assert.match(port?.detail ?? '', new RegExp(`^https://${ready.https} `));
    const shown = await ask(ready.https ?? '', '');
    assert.equal(shown.pin, pin);
    assert.equal(certificate?.detail, `valid until 9999-12-31, SHA-256 ${shown.fingerprint}`);

    await vramesh(['token', 'remove'], { home });
    assert.match((await door())[0]?.detail ?? '', /lets nobody in/);
  });

  it('token new, serve, ask; a new token voids the first, and token remove all, while the host runs', async () => {
    const home = freshHome();
    const first = await makeToken(home);
    const host = await startHost({ home, args: ['--http-listen', '127.0.0.2:0'] });
    const url = host.ready.https ?? '';
    assert.match(url, /^127\.0\.0\.2:\d+$/);
    const answer = await ask(url, first.token);
    assert.deepEqual([answer.status, answer.pin], [200, first.pin]);
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
