import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import { apiErrorSchema, type State, stateSchema } from '#protocol';
import { type Api, startApi } from '../../../server/src/api';
import { sampleGpu, sampleNode, sampleState } from '../../unit/api/sample-state';
import { ask, createLog, createParts, listen, until } from './harness';

describe('GET /events', () => {
  let parts: ReturnType<typeof createParts>;
  let api: Api;
  let port: number;
  let lines: string[];

  beforeEach(async () => {
    const kept = createLog();
    lines = kept.lines;
    parts = createParts();
    api = await startApi({ port: 0, parts, log: kept.log });
    port = api.address.port;
  });
  afterEach(async () => {
    await api.close();
    assert.deepEqual([parts.listeners.size, parts.lookers.size], [0, 0]);
    assert.deepEqual(lines, []);
  });

  it('sends the state at connect and on each change, and looks as long as someone listens', async () => {
    assert.deepEqual([parts.listeners.size, parts.lookers.size], [0, 0]);
    const stream = await listen(port);
    assert.equal(stream.statusCode, 200);
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
    const received = readStates(stream);
    assert.deepEqual(await received.next(), parts.state());
    assert.deepEqual([parts.listeners.size, parts.lookers.size], [1, 1]);

    for (const name of ['RTX 4090', 'Grafikkarte “東京” 🚀\n\ndata: {}']) {
      const next = sampleState([sampleNode([sampleGpu({ name })])]);
      parts.change(next);
      assert.deepEqual(await received.next(), next);
    }
    stream.destroy();
    await until(() => parts.lookers.size === 0);
  });

  it('shares one watch among its listeners', async () => {
    const streams = await Promise.all([listen(port), listen(port), listen(port)]);
    assert.deepEqual([parts.listeners.size, parts.lookers.size], [1, 1]);
    const next = sampleState([]);
    const readers = streams.map(readStates);
    for (const reader of readers) await reader.next();
    parts.change(next);
    for (const reader of readers) assert.deepEqual(await reader.next(), next);
  });

  it('takes 64 listeners, tells the next one so, and takes it when one has gone', async () => {
    const streams = await Promise.all(Array.from({ length: 64 }, () => listen(port)));
    const { status, headers, body } = await ask(port, '/events');
    assert.equal(status, 503);
    assert.ok(Number(headers['retry-after']) > 0);
    assert.match(apiErrorSchema.parse(JSON.parse(body)).error.message, /64 listeners.*\/state/);

    streams[0]?.destroy();
    let again: IncomingMessage | undefined;
    while (again?.statusCode !== 200) again = await listen(port);
  });

  it('keeps nothing of 200 clients that connect and vanish', async () => {
    const clients = Array.from({ length: 200 }, (_, index) => {
      const socket = net.connect(port, '127.0.0.1').on('error', () => {});
      socket.write(`GET /events HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      // Some go before the answer, some in the middle of it, some half, some only after the first change.
      if (index % 4 === 0) socket.once('connect', () => socket.resetAndDestroy());
      if (index % 4 === 1) socket.once('data', () => socket.resetAndDestroy());
      if (index % 4 === 2) socket.once('data', () => socket.end());
      const answeredOrGone = new Promise<void>((resolve) => {
        socket.once('data', () => resolve()).once('close', () => resolve());
      });
      return { socket, answeredOrGone };
    });
    await until(() => parts.lookers.size === 1);
    parts.change(sampleState([]));
    await Promise.all(clients.map(({ answeredOrGone }) => answeredOrGone));
    for (const { socket } of clients) socket.destroy();
    await until(() => parts.listeners.size === 0 && parts.lookers.size === 0);
    assert.equal((await listen(port)).statusCode, 200);
  });

  it('skips states for a reader that is slow, gives it the newest, and keeps the others going', async () => {
    const slow = net.connect(port, '127.0.0.1').setEncoding('utf8');
    slow.write(`GET /events HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await until(() => parts.lookers.size === 1);
    slow.pause();
    const attentive = readStates(await listen(port));
    await attentive.next();

    const changes = 100;
    const filler = 'x'.repeat(256 * 1024);
    for (let change = 1; change <= changes; change++) {
      const next = sampleState([sampleNode([sampleGpu({ index: change, name: filler })])]);
      parts.change(next);
      assert.deepEqual(await attentive.next(), next);
    }

    let text = '';
    slow.on('data', (chunk: string) => {
      text += chunk;
    });
    slow.resume();
    const last = `"index":${changes},`;
    await until(() => text.includes(last));
    const received = text.match(/event: state/g)?.length ?? 0;
    assert.ok(received < changes / 2, `the slow reader got ${received} of ${changes} states`);
    slow.destroy();
  });

  it('lets the API close while a reader does not read', async () => {
    const stuck = net.connect(port, '127.0.0.1').on('error', () => {});
    stuck.write(`GET /events HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await until(() => parts.lookers.size === 1);
    stuck.pause();
    const big = sampleState([sampleNode([sampleGpu({ name: 'x'.repeat(16 * 1024 * 1024) })])]);
    for (let change = 0; change < 3; change++) parts.change(big);
    await api.close();
    assert.equal(parts.lookers.size, 0);
    stuck.destroy();
  });
});

/** The states of an event stream, one after the other, each checked by its schema. */
function readStates(stream: IncomingMessage): { next(): Promise<State> } {
  async function* states() {
    stream.setEncoding('utf8');
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = /^event: state\ndata: (.*)$/.exec(message)?.[1];
        if (data !== undefined) yield stateSchema.parse(JSON.parse(data));
      }
    }
  }
  const iterator = states();
  return {
    async next() {
      const { value } = await iterator.next();
      assert.ok(value, 'the stream ended');
      return value;
    },
  };
}
