import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type ModelServer, modelBytes, startModelServer } from '../../support/model-server';
import { until } from '../../support/until';
import { contentOf, downloadsIn, freshFolder, modelsOf, smallPieces, tidy, unfinishedIn } from './harness';

const repository = 'someone/coder-GGUF';
const source = `hf:${repository}/coder-q8_0.gguf`;
const name = 'coder-q8_0.gguf';
const model = modelBytes(1_000_003, 1);

describe('models: downloads', () => {
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

  it('fetches a file in pieces, checks it, gives it its name, and leaves nothing else behind', async () => {
    const downloads = downloadsIn(folder, env);
    const done = await downloads.ends(source);
    assert.equal(done.error, null);
    assert.equal(done.state, 'done');
    assert.equal(done.model_id, path.join(folder, name));
    assert.deepEqual([done.bytes, done.total_bytes], [model.length, model.length]);
    assert.deepEqual(contentOf(folder, name), model);
    assert.deepEqual(unfinishedIn(folder), []);
    const pieces = server.asked.filter(({ range }) => range && range.end > 0);
    assert.equal(pieces.length, Math.ceil(model.length / smallPieces.pieceBytes));
  });

  it('from an https address that is one of this machine: a plain URL, without a hash to check', async () => {
    server.put('/files/My%20Model.gguf'.replace('%20', ' '), model);
    const done = await downloadsIn(folder, env).ends(`${server.url}/files/My%20Model.gguf?download=true`);
    assert.equal(done.state, 'done');
    assert.deepEqual(contentOf(folder, 'My-Model.gguf'), model);
  });

  it('the page of a file on the hub is as good as hf:', async () => {
    const done = await downloadsIn(folder, env).ends(`${server.url}/${repository}/blob/main/${name}`);
    assert.equal(done.state, 'done');
    assert.ok(server.asked.some(({ path }) => path.startsWith('/api/models/')));
  });

  it('a split model: all parts, under one entry; placed by its first part', async () => {
    const parts = [1, 2, 3].map((part) => `big-0000${part}-of-00003.gguf`);
    for (const [index, part] of parts.entries())
      server.publish(repository, `q4/${part}`, modelBytes(200_000 + index, index));
    const done = await downloadsIn(folder, env).ends(`hf:${repository}/q4/${parts[1]}`);
    assert.equal(done.state, 'done');
    assert.equal(done.total_bytes, 600_003);
    assert.equal(done.model_id, path.join(folder, 'big-00001-of-00003.gguf'));
    assert.deepEqual(modelsOf(folder).sort(), parts);
  });

  it('the same source twice is one download', async () => {
    const downloads = downloadsIn(folder, env);
    const [first, second] = await Promise.all([downloads.start(source), downloads.start(source)]);
    assert.equal(first.id, second.id);
    await downloads.is('done');
    assert.equal(server.bytesSent() < model.length + 100, true);
  });

  describe('cancelled', () => {
    // What listens for a cancellation must outlive the garbage collector: in Node 20 not everything does.
    let collecting: NodeJS.Timeout;
    before(() => {
      setFlagsFromString('--expose-gc');
      // Each collection looks at all that the suite has loaded: oftener, and little else gets done.
      collecting = setInterval(runInNewContext('gc'), 200);
    });
    after(() => clearInterval(collecting));

    it('and resumed: whole pieces are not fetched again, also by the next host', async () => {
      let held = true;
      server.faults.push(({ range }) => held && range !== null && range.start >= 400_000);
      const first = downloadsIn(folder, env);
      await first.start(source);
      await until('some pieces', () => first.only().bytes >= 390_000);
      await first.cancel(name, false);
      assert.equal(first.only().state, 'paused');
      await first.close();
      held = false;

      const second = downloadsIn(folder, env);
      second.resume();
      assert.equal(second.only().state, 'paused', 'what the user has stopped stays so');
      assert.ok(second.only().bytes >= 300_000);
      const before = server.bytesSent();
      assert.equal((await second.ends(source)).state, 'done');
      assert.deepEqual(contentOf(folder, name), model);
      assert.ok(server.bytesSent() - before <= model.length - 300_000);
    });

    it('and discarded: nothing is left', async () => {
      server.faults.push(({ range }) => range !== null && range.start >= 400_000);
      const downloads = downloadsIn(folder, env);
      await downloads.start(source);
      await until('some bytes', () => downloads.only().bytes > 0);
      await downloads.cancel(name, true);
      assert.deepEqual(downloads.list(), []);
      assert.deepEqual(unfinishedIn(folder), []);
      await assert.rejects(downloads.cancel(name, true), /There is no download/);
    });
  });

  it('what ran when the host was closed goes on at the next start', async () => {
    let held = true;
    server.faults.push(({ range }) => held && range !== null && range.start >= 400_000);
    const first = downloadsIn(folder, env);
    await first.start(source);
    await until('some pieces', () => first.only().bytes >= 390_000);
    await first.close();
    held = false;
    const second = downloadsIn(folder, env);
    second.resume();
    await second.is('done');
    assert.deepEqual(contentOf(folder, name), model);
  });

  it('progress never goes backwards, never past the end, and events come at most five times a second', async () => {
    server.faults.push(({ range, before }, response, content) => {
      if (!content || !range || before % 3 !== 2) return false;
      response.destroy();
      return true;
    });
    const downloads = downloadsIn(folder, env, { parallel: 1, firstWaitMs: 60 });
    const seen: { at: number; bytes: number }[] = [];
    downloads.onChange(() => seen.push({ at: Date.now(), bytes: downloads.only().bytes }));
    await downloads.ends(source);
    await until('the last event', () => seen.at(-1)?.bytes === model.length);
    for (const [index, { at, bytes }] of seen.entries()) {
      const last = seen[index - 1];
      assert.ok(bytes <= model.length);
      if (last) assert.ok(bytes >= last.bytes && at - last.at >= 190);
    }
  });

  it('an unfinished download that cannot be understood is left alone', async () => {
    const first = downloadsIn(folder, env);
    server.faults.push(({ range }) => range !== null && range.end > 0);
    await first.start(source);
    await first.close();
    writeFileSync(path.join(folder, '.downloads', name, 'download.json'), '{"parts": "none"}');
    const second = downloadsIn(folder, env);
    second.resume();
    assert.deepEqual(second.list(), []);
    assert.deepEqual(unfinishedIn(folder), [name]);
  });
});
