/** `GET /`: the topology page as a document; what it does in a browser is in test/e2e/browser/topology-served.test.ts. */
import assert from 'node:assert/strict';
import { type Api, startApi } from '../../../server/src/api';
import { ask, createLog, createParts } from './harness';

describe('the page at GET /', () => {
  const { log } = createLog();
  let api: Api;
  before(async () => {
    api = await startApi({ port: 0, parts: createParts(), log });
  });
  after(() => api.close());
  const get = (path: string, headers = {}) => ask(api.address.port, path, { headers });

  it('lets nothing run but its own script, nothing load but from here, and nobody frame it', async () => {
    const { status, headers, body } = await get('/');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']);
    const nonce = /script-src 'nonce-([0-9a-f]{32})'(;|$)/.exec(policy)?.[1];
    assert.ok(nonce && body.includes(`<script nonce="${nonce}" src="/webview.js">`));
    for (const directive of [
      "default-src 'none'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      assert.ok(policy.split('; ').includes(directive), directive);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  });

  it('has another nonce each time', async () => {
    const [one, other] = [await get('/'), await get('/')];
    assert.notEqual(one.headers['content-security-policy'], other.headers['content-security-policy']);
  });

  for (const [file, type] of [
    ['webview.js', 'text/javascript; charset=utf-8'],
    ['webview.css', 'text/css; charset=utf-8'],
  ] as const)
    it(`serves ${file}`, async () => {
      const { status, headers, body } = await get(`/${file}`);
      assert.deepEqual([status, headers['content-type']], [200, type]);
      assert.ok(body.length > 1000);
    });

  it('says so where the page was not built', async () => {
    const bare = await startApi({ port: 0, parts: { ...createParts(), pageFolder: 'no-such-folder' }, log });
    const { status, body } = await ask(bare.address.port, '/webview.js');
    await bare.close();
    assert.equal(status, 404);
    assert.match(body, /This installation has no webview\.js/);
  });

  it('is not for pages of other sites', async () => {
    assert.equal((await get('/', { 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await get('/', { host: 'evil.test' })).status, 403);
  });
});
