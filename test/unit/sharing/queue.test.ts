import assert from 'node:assert/strict';
import { createQueue, QueueFull } from '../../../server/src/sharing/queue';

const never = new AbortController().signal;

function setUp(width: number) {
  let time = 0;
  const queue = createQueue(width, () => time);
  const log: string[] = [];
  const leaves = new Map<string, () => void>();
  /** Named by its caller and a number. Capitals: somebody looks at it. */
  const enter = (name: string, signal = never) => {
    const caller = name.slice(0, 1);
    const priority = caller === caller.toUpperCase() ? 'chat' : 'api';
    return queue.enter({ name: caller, priority }, signal).then((leave) => {
      log.push(name);
      leaves.set(name, leave);
    });
  };
  /** Ends one, and lets the next begin. */
  const end = async (name: string) => {
    time += 1000;
    leaves.get(name)?.();
    await new Promise((wake) => setImmediate(wake));
  };
  return { queue, enter, end, log };
}

describe('the line before an instance', () => {
  it('lets as many in as are decoded side by side', async () => {
    const { queue, enter, end, log } = setUp(2);
    await Promise.all([enter('a1'), enter('a2')]);
    void enter('a3');
    assert.deepEqual([queue.running, queue.waiting], [2, 1]);
    await end('a1');
    assert.deepEqual(log, ['a1', 'a2', 'a3']);
    for (const name of ['a2', 'a3', 'a3']) await end(name);
    assert.deepEqual([queue.running, queue.waiting], [0, 0]);
  });

  it('takes one of each caller after the other', async () => {
    const { enter, end, log } = setUp(1);
    await enter('a1');
    for (const name of ['a2', 'a3', 'b1', 'c1', 'b2']) void enter(name);
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3']) await end(name);
    assert.deepEqual(log, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('lets chats go before programs, these too in turn', async () => {
    const { queue, enter, end, log } = setUp(1);
    await enter('a1');
    for (const name of ['b1', 'C1', 'C2', 'D1']) void enter(name);
    for (const name of ['a1', 'C1', 'D1', 'C2', 'b1']) await end(name);
    assert.deepEqual(log, ['a1', 'C1', 'D1', 'C2', 'b1']);
    assert.deepEqual([queue.running, queue.waiting], [0, 0]);
  });

  it('forgets who gives up', async () => {
    const { queue, enter, end, log } = setUp(1);
    const gone = new AbortController();
    await enter('a1');
    const lost = assert.rejects(enter('b1', gone.signal), /gone/);
    void enter('c1');
    gone.abort(new Error('gone'));
    await lost;
    assert.equal(queue.waiting, 1);
    await end('a1');
    assert.deepEqual(log, ['a1', 'c1']);
    await assert.rejects(enter('d1', AbortSignal.abort(new Error('gone'))), /gone/);
    await end('c1');
    assert.deepEqual([queue.running, queue.waiting], [0, 0]);
  });

  it('is full at 128, and says when there may be room', async () => {
    const { queue, enter, end } = setUp(1);
    await enter('a0');
    await end('a0');
    for (let index = 0; index < 129; index++) void enter(`a${index}`);
    assert.equal(queue.waiting, 128);
    await assert.rejects(enter('b'), (error) => error instanceof QueueFull && error.retryAfter === 60);
  });
});
