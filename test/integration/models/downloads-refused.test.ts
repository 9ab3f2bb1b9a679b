import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelServer, modelBytes, startModelServer } from '../../support/model-server';
import { downloadsIn, freshFolder, tidy, unfinishedIn } from './harness';

const repository = 'someone/coder-GGUF';
const source = `hf:${repository}/coder-q8_0.gguf`;
const name = 'coder-q8_0.gguf';
const model = modelBytes(1_000_003, 1);

describe('models: downloads: refused at once, in words', () => {
  let server: ModelServer;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    server = await startModelServer();
    folder = freshFolder();
    env = { HF_ENDPOINT: server.url };
    server.publish(repository, name, model);
  });
  afterEach(async () => {
    await tidy();
    await server.close();
  });

  const answering = (status: number) => (server: ModelServer) =>
    void server.faults.push(
      ({ path }, response) => path.includes('/resolve/') && Boolean(response.writeHead(status).end()),
    );
  const redirecting = (location: string) => (server: ModelServer) =>
    void server.faults.push(
      ({ path }, response) =>
        path.includes('/resolve/') && Boolean(response.writeHead(302, { location }).end()),
    );
  const listing =
    (send: (response: Parameters<ModelServer['faults'][number]>[1]) => void) => (server: ModelServer) =>
      void server.faults.push(({ path }, response) => {
        if (!path.startsWith('/api/')) return false;
        send(response);
        return true;
      });
  const cases: [what: string, source: string, prepare: (server: ModelServer) => void, says: RegExp][] = [
    ['a gated model', source, answering(401), /wants a token \(HTTP 401\).*HF_TOKEN/],
    ['a forbidden one', source, answering(403), /wants a token \(HTTP 403\)/],
    ['a file that went away', source, answering(404), /no such file any more \(HTTP 404\)/],
    ['a server in trouble', source, answering(503), /trouble of its own \(HTTP 503\).*tried 3 times/],
    [
      'a circle of redirects',
      source,
      redirecting(`/${repository}/resolve/main/${name}`),
      /redirects in a circle/,
    ],
    [
      'a redirect to a file of this machine',
      source,
      redirecting('file:///etc/passwd'),
      /redirects to file:.*is not https/,
    ],
    ['a redirect to plain http', source, redirecting('http://example.com/x.gguf'), /is not https/],
    [
      'a file that the repository does not list',
      `hf:${repository}/gone.gguf`,
      () => {},
      /has no gone\.gguf any more\. It has coder-q8_0\.gguf/,
    ],
    ['a repository that is not there', 'hf:no/where/x.gguf', () => {}, /HTTP 404/],
    [
      'a listing without end',
      source,
      listing((response) => {
        const chunk = Buffer.alloc(1024 * 1024, '[');
        const more = () => response.write(chunk, () => response.destroyed || more());
        more();
      }),
      /more than anybody needs to know/,
    ],
    [
      'a listing that is no JSON',
      source,
      listing((response) => void response.end('<html>')),
      /does not answer as Hugging Face does/,
    ],
    [
      'a listing of nonsense',
      source,
      listing((response) => void response.end('[{"path":7}]')),
      /does not answer as Hugging Face does/,
    ],
    [
      'headers without end',
      source,
      listing((response) => void response.writeHead(200, { 'x-long': 'x'.repeat(200_000) }).end('[]')),
      /connection failed/i,
    ],
    [
      'a model that is larger than any disk',
      source,
      (server) => server.publish(repository, name, model, { size: 2 ** 52 }),
      /The hub says that .* has 4503599627370496 bytes, the server of the file says 1000003/,
    ],
    ['plain http', 'http://example.com/x.gguf', () => {}, /is not https/],
    ['an unknown name', 'qwen9-coder', () => {}, /There is no "qwen9-coder" in the catalogue/],
    [
      'an unknown quantisation',
      'qwen2.5-coder-1.5b:q9',
      () => {},
      /not in the catalogue as "q9"\. Choose qwen2\.5-coder-1\.5b:q4_k_m/,
    ],
    [
      'something that is not a GGUF',
      `hf:${repository}/model.safetensors`,
      () => {},
      /does not end in \.gguf/,
    ],
  ];
  for (const [what, from, prepare, says] of cases) {
    it(what, async () => {
      prepare(server);
      const downloads = downloadsIn(folder, env, { stallMs: 2000 });
      await assert.rejects(downloads.start(from), (error: Error) => {
        assert.match(error.message, says);
        return true;
      });
      assert.deepEqual(downloads.list(), []);
      assert.deepEqual(unfinishedIn(folder), []);
    });
  }

  it('a disk that is too small, with how much is missing', async () => {
    const size = 2 ** 52;
    server.publish(repository, name, model, { size });
    server.faults.push(({ path }, response) => {
      if (!path.includes('/resolve/')) return false;
      response.writeHead(206, { 'content-range': `bytes 0-0/${size}`, 'content-length': 1 }).end('G');
      return true;
    });
    await assert.rejects(
      downloadsIn(folder, env).start(source),
      /The disk is too small: 4194304 GiB .*Make room for \d+ GiB more/,
    );
    assert.deepEqual(unfinishedIn(folder), []);
  });

  it('a name that is taken, on the disk or by another download', async () => {
    const downloads = downloadsIn(folder, env);
    server.publish('other/repo', name, modelBytes(500, 3));
    server.faults.push(({ range }) => range !== null && range.end > 0);
    await downloads.start(source);
    await assert.rejects(downloads.start(`hf:other/repo/${name}`), /already being fetched from hf:someone/);
    await downloads.cancel(name, true);
    writeFileSync(path.join(folder, name), 'mine');
    await assert.rejects(downloads.start(source), /is in the models folder already/);
    assert.equal(readFileSync(path.join(folder, name), 'utf8'), 'mine');
  });
});
