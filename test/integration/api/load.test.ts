/** Many programs at once, rude ones among them: who types comes first, nothing hangs, and nothing is left. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { apiErrorSchema, openAiErrorSchema } from '#protocol';
import { cleanUp, enginePid } from '../../support/host';
import { isAlive, until } from '../../support/until';
import { ask, askRaw } from './harness';
import { chatty, embedded, infilled, place, type Served, serve } from './served';

const mib = 1024 * 1024;
const endless = { model: embedded, prompt: 'import * as fs from ', max_tokens: 400, temperature: 0 };

describe('HTTP API: load', () => {
  let served: Served;
  let port: number;
  before(async () => {
    served = await serve();
    port = Number(new URL(served.address).port);
  });
  after(cleanUp);
  afterEach(async () => {
    await served.calm();
    const { content } = (await (await served.post('/infill', { ...place, n_predict: 64 })).json()) as {
      content: string;
    };
    assert.equal(content, infilled, 'it answers as before');
  });

  function raw(path: string, body: string): string {
    return (
      `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    );
  }

  it('a thousand clients that connect, stream and vanish leave nothing', async () => {
    const before = memoryOf(served.host.pid);
    const body = JSON.stringify({ ...endless, stream: true });
    await Promise.all(
      Array.from({ length: 1000 }, (_none, index) => {
        const socket = net.connect(port, '127.0.0.1').on('error', () => {});
        socket.write(raw('/v1/completions', body));
        // Some go before the answer, some in the middle of it, some half, some while they wait.
        if (index % 4 === 0) socket.once('connect', () => socket.resetAndDestroy());
        if (index % 4 === 1) socket.once('data', () => socket.resetAndDestroy());
        if (index % 4 === 2) socket.once('data', () => socket.destroy());
        if (index % 4 === 3) setTimeout(() => socket.destroy(), 50);
        return new Promise<void>((fulfil) => socket.once('close', () => fulfil()));
      }),
    );
    await served.calm();
    // Those of this test's own questions are kept for the next ones.
    await until('no connection is left', () => connectionsOf(port) <= 2);
    assert.ok(await isAlive(await enginePid(served.host)));
    const grown = (memoryOf(served.host.pid) - before) / mib;
    assert.ok(grown < 100, `the host has grown by ${grown} MiB`);
  });

  it('more requests than may wait get 429 with Retry-After, and the others their answer', async () => {
    process.kill(await enginePid(served.host), 'SIGSTOP');
    const answers = Array.from({ length: 160 }, () =>
      served.post('/v1/completions', { ...endless, max_tokens: 1 }),
    );
    const early = await Promise.race(answers);
    assert.equal(early.status, 429);
    assert.ok(Number(early.headers.get('retry-after')) >= 1);
    assert.equal(openAiErrorSchema.parse(await early.json()).error.type, 'rate_limit_exceeded');
    process.kill(await enginePid(served.host), 'SIGCONT');
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.ok(statuses.filter((status) => status === 200).length >= 128 + 3);
    assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
  });

  it('an editor gets its completions while programs keep all but one sequence busy', async () => {
    const over = new AbortController();
    let answered = 0;
    const busy = Array.from({ length: 8 }, () =>
      served
        .post('/v1/completions', { ...endless, max_tokens: 1000 }, { signal: over.signal })
        .then(() => answered++)
        .catch(() => {}),
    );
    await until('all sequences are busy', async () => (await served.requests()) >= 3);
    const editor = await served.host.lsp();
    // The second one has to make room in the sequence that the first has left.
    for (const uri of ['file:///a.ts', 'file:///b.ts']) {
      await editor.open(uri, `${place.input_prefix}${place.input_suffix}`);
      const [item] = await editor.complete(uri, 0, place.input_prefix.length);
      assert.equal(item?.insertText, infilled);
      assert.equal(answered, 0, 'no program had to end for it');
    }
    over.abort();
    await Promise.all(busy);
    editor.close();
  });

  it('a hundred pipelined requests are answered in order', async () => {
    const request = raw('/infill', JSON.stringify({ ...place, n_predict: 1, response_fields: ['content'] }));
    const last = request.replace('Content-Type', 'Connection: close\r\nContent-Type');
    const answer = await askRaw(port, request.repeat(99) + last);
    assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 100);
    assert.equal(answer.split(JSON.stringify({ content: 'length' })).length, 101);
  });

  it('who pipelines and hangs up leaves nothing', async () => {
    const socket = net.connect(port, '127.0.0.1').on('error', () => {});
    socket.write(raw('/v1/completions', JSON.stringify(endless)).repeat(50));
    await until('it works on them', async () => (await served.requests()) > 0);
    socket.resetAndDestroy();
  });

  it('refuses 64 MB, half a JSON text, and wrong types, and goes on', async () => {
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\n`;
    assert.match(await askRaw(port, `${head}Content-Length: 67108864\r\n\r\n{`), /^HTTP\/1\.1 413 /);
    for (const body of [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{"prompt": 7}',
      '{"prompt": "x", "stop": [""]}',
      `{"prompt":${'['.repeat(50_000)}`,
    ]) {
      const { status, body: answer } = await ask(port, '/v1/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      assert.equal(status, 400, body.slice(0, 40));
      openAiErrorSchema.parse(JSON.parse(answer));
    }
    const smuggled = `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    assert.match(await askRaw(port, smuggled), /^HTTP\/1\.1 400 /);
  });

  it('a client that sends its request byte by byte holds up nobody', async () => {
    const slow = net.connect(port, '127.0.0.1').on('error', () => {});
    const request = raw('/infill', JSON.stringify(place));
    for (const byte of request.slice(0, 60)) slow.write(byte);
    assert.equal((await served.post('/infill', { ...place, n_predict: 8 })).status, 200);
    slow.destroy();
  });

  it('an engine that dies in the middle of a text is told of, and comes back', async () => {
    const engine = await enginePid(served.host);
    const response = await served.post('/v1/completions', { ...endless, stream: true });
    const reader = response.body?.getReader();
    await reader?.read();
    process.kill(engine, 'SIGKILL');
    let text = '';
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      text += new TextDecoder().decode(part.value);
    const last =
      text
        .split('\n\n')
        .filter((event) => event !== '')
        .at(-1) ?? '';
    assert.match(openAiErrorSchema.parse(JSON.parse(last.replace(/^data: /, ''))).error.message, /engine/);
    await until('another engine', async () => (await enginePid(served.host)) !== engine);
  });

  it('a model that is not placed answers 503 with Retry-After, and what to do', async () => {
    const body = { model: chatty, prompt: 'x', max_tokens: 1 };
    const response = await served.post('/v1/completions', body);
    assert.equal(response.status, 503);
    assert.ok(Number(response.headers.get('retry-after')) >= 1);
    const { error } = openAiErrorSchema.parse(await response.json());
    assert.equal(error.code, 'model_not_placed');
    assert.match(error.message, /vramesh place chatty/);
    const infill = await served.post('/infill', { ...place, model: chatty });
    assert.match(apiErrorSchema.parse(await infill.json()).error.message, /not placed/);
  });

  it('a model that was removed while somebody writes with it is told of', async () => {
    const [instance] = (await served.host.state()).instances;
    const response = await served.post('/v1/completions', { ...endless, stream: true });
    await ask(port, `/instance/${instance?.id}`, { method: 'DELETE' });
    assert.match(await response.text(), /"error"/);
    assert.equal((await served.post('/v1/completions', endless)).status, 503);
    await served.post('/place_instance', { model_id: embedded });
    await until('it is back', async () => (await served.host.state()).instances[0]?.state === 'ready');
  });
});

describe('HTTP API: models that programs ask for', () => {
  afterEach(cleanUp);

  it('are placed where the user wants that; meanwhile the answer says how far it is', async () => {
    const { openai, post } = await serve(['--place-on-request']);
    const first = await post('/v1/chat/completions', {
      model: chatty,
      messages: [{ role: 'user', content: 'x' }],
    });
    assert.equal(first.status, 503);
    assert.equal(openAiErrorSchema.parse(await first.json()).error.code, 'model_loading');
    // OpenAI's client asks again, after what Retry-After says.
    const patient = openai.withOptions({ maxRetries: 20 });
    const { usage } = await patient.chat.completions.create({
      model: chatty,
      messages: [{ role: 'user', content: 'x' }],
      max_tokens: 2,
    });
    assert.equal(usage?.completion_tokens, 2);
  });
});

/** Connections of the server at this port that are not closed on its side. */
function connectionsOf(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = '0A';
  const timeWait = '06';
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows.filter((row) => {
    const [, address, , state] = row.trim().split(/\s+/);
    return address?.endsWith(local) && state !== listening && state !== timeWait;
  }).length;
}

/** Bytes in RAM. */
function memoryOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}
