import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createMessageReader } from '../../../server/src/message-reader';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('reading JSON-RPC', () => {
  it('whoever dies in mid-message leaves no timer behind', async () => {
    // By now mocha has set its own.
    await setImmediate();
    const before = timers();
    const stream = new PassThrough();
    createMessageReader(stream).listen(() => {});
    stream.write('Content-Length: 100\r\n\r\n{"half":');
    stream.destroy();
    await once(stream, 'close');
    assert.equal(timers(), before);
  });

  it('a message that comes in pieces is read', async () => {
    const stream = new PassThrough();
    const message = new Promise((fulfil) => createMessageReader(stream).listen(fulfil));
    for (const piece of ['Content-Length: 17\r\n\r\n', '{"jsonrpc"', ':"2.0"}']) stream.write(piece);
    assert.deepEqual(await message, { jsonrpc: '2.0' });
  });
});
