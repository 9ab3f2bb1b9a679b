import assert from 'node:assert/strict';
import { etagOf, type ModelServer, modelBytes, sha256, startModelServer } from '../../support/model-server';
import { until } from '../../support/until';
import { contentOf, downloadsIn, freshFolder, modelsOf, smallPieces, tidy } from './harness';

const repository = 'someone/coder-GGUF';
const source = `hf:${repository}/coder-q8_0.gguf`;
const name = 'coder-q8_0.gguf';
const model = modelBytes(1_000_003, 1);

describe('models: downloads: a server that misbehaves', () => {
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

  it('drops connections midway: goes on at the byte where it stopped', async () => {
    server.faults.push(({ range, before }, response, content) => {
      if (!content || !range || range.end === 0 || before % 2 === 0) return false;
      const half = content.subarray(range.start, range.start + Math.ceil((range.end - range.start) / 2));
      response.writeHead(206, {
        etag: etagOf(content),
        'content-length': range.end - range.start + 1,
        'content-range': `bytes ${range.start}-${range.end}/${content.length}`,
      });
      response.write(half, () => response.destroy());
      return true;
    });
    const done = await downloadsIn(folder, env).ends(source);
    assert.equal(done.state, 'done');
    assert.deepEqual(contentOf(folder, name), model);
    assert.ok(server.asked.some(({ range }) => range && range.start % smallPieces.pieceBytes !== 0));
  });

  it('ignores Range: one stream', async () => {
    server.faults.push(({ headers }) => {
      delete headers.range;
      return false;
    });
    server.faults.push((_asked, response, content) => {
      if (!content) return false;
      response.writeHead(200, { 'content-length': content.length }).end(content);
      return true;
    });
    const done = await downloadsIn(folder, env).ends(source);
    assert.equal(done.state, 'done');
    assert.deepEqual(contentOf(folder, name), model);
  });

  it('ignores Range after some pieces: they are kept, the stream fills in the rest', async () => {
    server.faults.push(({ range }, response, content) => {
      if (!content || !range || range.start < 300_000) return false;
      response.writeHead(200, { etag: etagOf(content), 'content-length': content.length }).end(content);
      return true;
    });
    const done = await downloadsIn(folder, env).ends(source);
    assert.equal(done.state, 'done');
    assert.deepEqual(contentOf(folder, name), model);
  });

  it('says no size at all: fetched to its end, size unknown until then', async () => {
    server.put('/plain.gguf', model, null);
    server.faults.push(({ path }, response, content) => {
      if (path !== '/plain.gguf') return false;
      response.writeHead(200);
      response.end(content);
      return true;
    });
    const downloads = downloadsIn(folder, env);
    const begun = await downloads.start(`${server.url}/plain.gguf`);
    assert.equal(begun.total_bytes, null);
    assert.equal(begun.seconds_left, null);
    await downloads.is('done');
    assert.deepEqual(contentOf(folder, 'plain.gguf'), model);
  });

  it('answers 500 now and then, and 429 with Retry-After, which is waited for', async () => {
    const times: number[] = [];
    server.faults.push(({ range, before }, response) => {
      if (!range || range.end === 0) return false;
      if (before === 1) response.writeHead(500).end();
      else if (range.start === 0) {
        times.push(Date.now());
        if (times.length > 1) return false;
        response.writeHead(429, { 'retry-after': '1' }).end();
      } else return false;
      return true;
    });
    const done = await downloadsIn(folder, env).ends(source);
    assert.equal(done.state, 'done');
    const [first, second] = times;
    assert.ok(first !== undefined && second !== undefined && second - first >= 990, String(times));
  });

  it('stalls: is asked again', async () => {
    let stalled = 0;
    server.faults.push(({ range }, response, content) => {
      if (!content || !range || range.end === 0 || stalled++ > 2) return false;
      response.writeHead(206, { 'content-range': `bytes ${range.start}-${range.end}/${content.length}` });
      response.write(content.subarray(range.start, range.start + 1000));
      return true;
    });
    const done = await downloadsIn(folder, env, { stallMs: 250, tries: 50 }).ends(source);
    assert.equal(done.state, 'done');
    assert.deepEqual(contentOf(folder, name), model);
  });

  it('stalls for ever: given up in words, what arrived is kept, and used the next time', async () => {
    let stalls = true;
    server.faults.push(
      ({ range }, _response, content) =>
        stalls && content !== undefined && range !== null && range.start >= 500_000,
    );
    const downloads = downloadsIn(folder, env, { stallMs: 250 });
    const failed = await downloads.ends(source);
    assert.equal(failed.state, 'failed');
    assert.match(failed.error ?? '', /sent nothing for 1 s\. It was tried 4 times\. What arrived is kept/);
    assert.deepEqual(modelsOf(folder), []);
    assert.ok(failed.bytes > 300_000);
    // What it notes on the disk is another's after that.
    await downloads.close();
    stalls = false;
    const before = server.bytesSent();
    const done = await downloadsIn(folder, env).ends(source);
    assert.equal(done.state, 'done');
    assert.deepEqual(contentOf(folder, name), model);
    assert.ok(server.bytesSent() - before <= model.length - 300_000, `${server.bytesSent() - before}`);
  });

  it('sends corrupted bytes: the file is not used, the partial is thrown away, and it says what to do', async () => {
    server.publish(repository, name, model, { sha256: sha256(Buffer.from('other')) });
    const downloads = downloadsIn(folder, env);
    const failed = await downloads.ends(source);
    assert.equal(failed.state, 'failed');
    assert.match(failed.error ?? '', /was damaged on its way.*thrown away; start the download again/);
    assert.equal(failed.bytes, 0);
    assert.deepEqual(modelsOf(folder), []);
    server.publish(repository, name, model);
    assert.equal((await downloads.ends(source)).state, 'done');
  });

  it('sends a web page in place of a model', async () => {
    server.put('/page.gguf', Buffer.from('<!doctype html><p>Log in, please</p>'));
    const failed = await downloadsIn(folder, env).ends(`${server.url}/page.gguf`);
    assert.match(failed.error ?? '', /not a GGUF file; perhaps it is a web page/);
    assert.deepEqual(modelsOf(folder), []);
  });

  it('promises more than it sends', async () => {
    server.put('/short.gguf', model);
    server.faults.push(({ path }, response, content) => {
      if (path !== '/short.gguf' || !content) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000), () => response.destroy());
      return true;
    });
    const failed = await downloadsIn(folder, env).ends(`${server.url}/short.gguf`);
    assert.equal(failed.state, 'failed');
    assert.match(failed.error ?? '', /tried 4 times/);
  });

  it('sends more than it promised: not one byte more is kept', async () => {
    server.put('/long.gguf', model);
    server.faults.push(({ path, before }, response, content) => {
      if (path !== '/long.gguf' || !content) return false;
      if (before === 0) response.writeHead(200, { 'content-length': content.length }).end(content);
      else response.writeHead(200).end(Buffer.concat([content, content, content]));
      return true;
    });
    const failed = await downloadsIn(folder, env).ends(`${server.url}/long.gguf`);
    assert.equal(failed.state, 'failed');
    assert.match(failed.error ?? '', /sends more than the 1000003 bytes/);
    assert.ok(failed.bytes <= model.length);
  });

  it('changes the file midway: nothing is mixed, it begins again and says so', async () => {
    const other = modelBytes(900_001, 7);
    let held = true;
    server.faults.push(({ range, headers }, _response, content) => {
      if (!range || range.start < 300_000) return false;
      if (content === model) server.publish(repository, name, other);
      // The new file is held back until it was seen what the user is told.
      return held && headers['if-range'] === etagOf(other);
    });
    const downloads = downloadsIn(folder, env);
    await downloads.start(source);
    await until('the reason', () => downloads.only().error?.includes('changed on the server'));
    held = false;
    await downloads.cancel(name, false);
    await downloads.ends(source);
    assert.deepEqual(contentOf(folder, name), other);
    assert.equal(downloads.only().total_bytes, other.length);
  });

  it('redirects to another host: the token stays behind', async () => {
    const cdn = await startModelServer();
    cdn.put('/blob', model);
    server.faults.push(({ path }, response) => {
      if (!path.includes('/resolve/')) return false;
      response.writeHead(302, { location: `${cdn.url}/blob` }).end();
      return true;
    });
    const done = await downloadsIn(folder, { ...env, HF_TOKEN: 'hf_secret' }).ends(source);
    assert.equal(done.state, 'done');
    assert.ok(server.asked.length > 0 && cdn.asked.length > 0);
    assert.ok(server.asked.every(({ headers }) => headers.authorization === 'Bearer hf_secret'));
    assert.ok(cdn.asked.every(({ headers }) => headers.authorization === undefined));
    await cdn.close();
  });
});
