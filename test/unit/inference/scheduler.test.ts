import assert from 'node:assert/strict';
import { createScheduler } from '../../../server/src/inference/engine/scheduler';

/** A scheduler over two sequences whose work ends when the test says so. */
function setUp() {
  const scheduler = createScheduler(['first', 'second'], (): string[] => []);
  const log: string[] = [];
  const endings = new Map<string, () => void>();
  const start = (name: string, affinity = name) => {
    const controller = new AbortController();
    const result = scheduler.run(
      { affinity, tokens: [...name], signal: controller.signal },
      async (sequence) => {
        log.push(`${name} on ${sequence}`);
        await new Promise<void>((end) => endings.set(name, end));
        return name;
      },
    );
    return { result, abort: () => controller.abort(), end: () => endings.get(name)?.() };
  };
  return { start, log };
}

describe('scheduling requests on sequences', () => {
  it('runs as many as there are sequences, the rest in turn', async () => {
    const { start, log } = setUp();
    const [a, b, c] = [start('a'), start('b'), start('c')];
    assert.deepEqual(log, ['a on first', 'b on second']);
    b.end();
    assert.equal(await b.result, 'b');
    assert.deepEqual(log.slice(2), ['c on second']);
    for (const job of [a, c]) job.end();
    assert.deepEqual(await Promise.all([a.result, c.result]), ['a', 'c']);
  });

  it('a request that is aborted while it waits never runs', async () => {
    const { start, log } = setUp();
    const [a, b, c] = [start('a'), start('b'), start('c')];
    c.abort();
    assert.equal(await c.result, null);
    a.end();
    await a.result;
    assert.deepEqual(log, ['a on first', 'b on second']);
    b.end();
    await b.result;
  });

  it('the next request of a document waits for the sequence that its aborted one leaves', async () => {
    const { start, log } = setUp();
    const old = start('old', 'a.ts');
    old.abort();
    const next = start('next', 'a.ts');
    assert.deepEqual(log, ['old on first']);
    old.end();
    await old.result;
    assert.deepEqual(log, ['old on first', 'next on first']);
    next.end();
    await next.result;
  });

  it('work that fails frees its sequence', async () => {
    const scheduler = createScheduler(['only'], (): string[] => []);
    const job = { affinity: 'a', tokens: [], signal: new AbortController().signal };
    await assert.rejects(
      scheduler.run(job, async () => {
        throw new Error('no KV slot');
      }),
      /no KV slot/,
    );
    assert.equal(await scheduler.run(job, async (sequence) => sequence), 'only');
  });
});
