/** A thousand at once, and again: what the API holds goes back to what it was. */
import assert from 'node:assert/strict';
import net from 'node:net';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serverLimits } from '../../../server/src/api/server';
import { until } from '../../support/until';
import { close, createEndless, type Opened, open } from './endless';

const kib = 1024;
const clients = 1000;
/** A client that is kept takes more than this. */
const leastOfOne = 2 * kib;

describe('HTTP API: clients that vanish', () => {
  const model = createEndless();
  let api: Opened;
  before(async () => {
    api = await open(model.parts, serverLimits);
  });
  after(() => close(api));

  function vanishing(index: number): Promise<void> {
    const body = JSON.stringify({ prompt: `x ${index}`, stream: index % 5 !== 0 });
    const socket = net.connect(api.port, '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${index % 7 === 0 ? body.slice(1) : body}`,
    );
    // Some go before the answer, some in the middle of it, some half, and some are refused.
    if (index % 4 === 0) socket.once('connect', () => socket.resetAndDestroy());
    else if (index % 4 === 1) socket.once('data', () => socket.resetAndDestroy());
    else socket.once('data', () => socket.destroy());
    if (index % 5 === 0 || index % 7 === 0)
      socket.once('connect', () => setImmediate(() => socket.destroy()));
    return new Promise((fulfil) => socket.once('close', () => fulfil()));
  }

  async function wave(): Promise<number> {
    await Promise.all(Array.from({ length: clients }, (_none, index) => vanishing(index)));
    await until('nothing is written', () => model.writing === 0);
    const connections = promisify(api.app.server.getConnections.bind(api.app.server));
    await until('no connection is left', async () => (await connections()) === 0);
    return usedHeap();
  }

  it('leave no text being written, no connection and no memory', async () => {
    // What is compiled and cached once is there after the first.
    const first = await wave();
    const grown = ((await wave()) - first) / clients;
    assert.ok(grown < leastOfOne, `each client has left ${grown} bytes`);
    assert.deepEqual(api.lines, []);
  });
});

/** Bytes that something still refers to. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}
