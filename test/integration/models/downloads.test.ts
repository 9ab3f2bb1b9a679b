import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { etagOf, type ModelServer, modelBytes, sha256, startModelServer } from '../../support/model-server';
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

  describe('a server that misbehaves', () => {
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
      const done = await downloadsIn(folder, env).ends(source);
      assert.equal(done.state, 'done');
      assert.deepEqual(contentOf(folder, name), model);
    });

    it('stalls for ever: given up in words, what arrived is kept, and used the next time', async () => {
      let stalls = true;
      server.faults.push(
        ({ range }, _response, content) =>
          stalls && content !== undefined && range !== null && range.start >= 500_000,
      );
      const downloads = downloadsIn(folder, env);
      const failed = await downloads.ends(source);
      assert.equal(failed.state, 'failed');
      assert.match(failed.error ?? '', /sent nothing for 1 s\. It was tried 4 times\. What arrived is kept/);
      assert.deepEqual(modelsOf(folder), []);
      assert.ok(failed.bytes > 300_000);
      stalls = false;
      const before = server.bytesSent();
      const done = await downloads.ends(source);
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
      const downloads = downloadsIn(folder, env, { stallMs: 60_000 });
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

  describe('refused at once, in words', () => {
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

  describe('cancelled', () => {
    // What listens for a cancellation must outlive the garbage collector: in Node 20 not everything does.
    let collecting: NodeJS.Timeout;
    before(() => {
      setFlagsFromString('--expose-gc');
      collecting = setInterval(runInNewContext('gc'), 5);
    });
    after(() => clearInterval(collecting));

    it('and resumed: whole pieces are not fetched again, also by the next host', async () => {
      let held = true;
      server.faults.push(({ range }) => held && range !== null && range.start >= 400_000);
      const first = downloadsIn(folder, env, { stallMs: 60_000 });
      await first.start(source);
      await until('some pieces', () => first.only().bytes >= 390_000);
      await first.cancel(name, false);
      assert.equal(first.only().state, 'paused');
      await first.close();
      held = false;

      const second = downloadsIn(folder, env, { stallMs: 60_000 });
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
      const downloads = downloadsIn(folder, env, { stallMs: 60_000 });
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
    const first = downloadsIn(folder, env, { stallMs: 60_000 });
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
