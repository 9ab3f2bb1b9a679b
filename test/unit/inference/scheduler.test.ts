import assert from 'node:assert/strict';
import type { GeneratePriority } from '#protocol';
import { createScheduler } from '../../../server/src/inference/engine/scheduler';

/** A scheduler over two sequences whose work ends when the test says so; idle work also when it is aborted. */
function setUp(forPrograms = 2) {
  let time = 0;
  const scheduler = createScheduler(
    ['first', 'second'],
    forPrograms,
    (): string[] => [],
    () => ++time,
  );
  const log: string[] = [];
  const endings = new Map<string, () => void>();
  const start = (name: string, affinity = name, priority: GeneratePriority = 'user') => {
    const controller = new AbortController();
    const result = scheduler.run({ affinity, tokens: [...name], priority, controller }, async (sequence) => {
      log.push(`${name} on ${sequence}`);
      await new Promise<void>((end) => {
        endings.set(name, end);
        if (priority === 'idle') controller.signal.addEventListener('abort', () => end());
      });
      return controller.signal.aborted ? `${name} aborted` : name;
    });
    return { result, abort: () => controller.abort(), end: () => endings.get(name)?.() };
  };
  const idle = (name: string, affinity = name) => start(name, affinity, 'idle');
  return { start, idle, log };
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
    const scheduler = createScheduler(
      ['only'],
      1,
      (): string[] => [],
      () => 1,
    );
    const job = { affinity: 'a', tokens: [], priority: 'user', controller: new AbortController() } as const;
    await assert.rejects(
      scheduler.run(job, async () => {
        throw new Error('no KV slot');
      }),
      /no KV slot/,
    );
    assert.equal(await scheduler.run(job, async (sequence) => sequence), 'only');
  });
});

describe('scheduling idle work', () => {
  it('runs beside what a user waits for, where a sequence is free', async () => {
    const { start, idle, log } = setUp();
    const [a, warm] = [start('a'), idle('warm')];
    assert.deepEqual(log, ['a on first', 'warm on second']);
    for (const job of [a, warm]) job.end();
    assert.deepEqual(await Promise.all([a.result, warm.result]), ['a', 'warm']);
  });

  it('is aborted when a user needs its sequence, which gets it', async () => {
    const { start, idle, log } = setUp();
    const [a, warm, b] = [start('a'), idle('warm'), start('b')];
    assert.equal(await warm.result, 'warm aborted');
    assert.deepEqual(log, ['a on first', 'warm on second', 'b on second']);
    for (const job of [a, b]) job.end();
    await Promise.all([a.result, b.result]);
  });

  it('is aborted when a user’s request comes for the same affinity, which gets its sequence', async () => {
    const { start, idle, log } = setUp();
    const [guess, key] = [idle('guess', 'a.ts'), start('key', 'a.ts')];
    assert.equal(await guess.result, 'guess aborted');
    assert.deepEqual(log, ['guess on first', 'key on first']);
    key.end();
    await key.result;
  });

  it('gives way for one request only where one needs room', async () => {
    const { start, idle, log } = setUp();
    const [one, two, a] = [idle('one'), idle('two'), start('a')];
    assert.equal(await one.result, 'one aborted');
    assert.deepEqual(log, ['one on first', 'two on second', 'a on first']);
    for (const job of [two, a]) job.end();
    assert.deepEqual(await Promise.all([two.result, a.result]), ['two', 'a']);
  });

  it('waits for its own sequence, and goes when the user types on meanwhile', async () => {
    const { start, idle, log } = setUp();
    const first = start('first key', 'a.ts');
    const guess = idle('guess', 'a.ts');
    first.abort();
    const second = start('second key', 'a.ts');
    assert.equal(await guess.result, null);
    first.end();
    await first.result;
    second.end();
    await second.result;
    assert.deepEqual(log, ['first key on first', 'second key on first']);
  });

  it('follows what a user waited for, on the same sequence', async () => {
    const { start, idle, log } = setUp();
    const key = start('key', 'a.ts');
    const guess = idle('guess', 'a.ts');
    assert.deepEqual(log, ['key on first']);
    key.end();
    await key.result;
    guess.end();
    assert.equal(await guess.result, 'guess');
    assert.deepEqual(log, ['key on first', 'guess on first']);
  });

  it('is given up when it would cost users what they just left', async () => {
    const { start, idle, log } = setUp();
    const jobs = [start('a'), start('b')];
    for (const job of jobs) job.end();
    await Promise.all(jobs.map(({ result }) => result));
    assert.equal(await idle('warm').result, null);
    assert.deepEqual(log, ['a on first', 'b on second']);
  });

  it('chats come after completions, programs after both, and before idle work', async () => {
    const { start, idle, log } = setUp();
    const [a, b] = [start('a', 'a', 'api'), start('b', 'b', 'api')];
    const thought = idle('thought');
    const program = start('program', 'p', 'api');
    const chat = start('chat', 'c', 'chat');
    const user = start('user');
    a.end();
    await a.result;
    assert.deepEqual(log.slice(2), ['user on first']);
    user.end();
    await user.result;
    assert.deepEqual(log.slice(3), ['chat on first']);
    chat.end();
    b.end();
    await Promise.all([chat.result, b.result]);
    assert.deepEqual(log.slice(4), ['program on first']);
    program.end();
    await program.result;
    assert.equal(await thought.result, null, 'what others left is worth more than a thought');
  });
});

describe('scheduling programs', () => {
  const program = (name: string) => [name, name, 'api'] as const;

  it('get only so many sequences at a time, whoever they are; the next one of a user finds another', async () => {
    const { start, log } = setUp(1);
    const [a, b, c] = [start(...program('a')), start(...program('b')), start(...program('c'))];
    assert.deepEqual(log, ['a on first']);
    const user = start('user');
    assert.deepEqual(log.slice(1), ['user on second']);
    user.end();
    await user.result;
    assert.deepEqual(log.slice(2), [], 'what the user has left stays for the user');
    a.end();
    await a.result;
    assert.match(log.slice(2).join(), /^b on \w+$/);
    b.end();
    await b.result;
    assert.match(log.slice(3).join(), /^c on \w+$/);
    c.end();
    assert.equal(await c.result, 'c');
  });

  it('that have to wait keep no idle work from running', async () => {
    const { start, idle, log } = setUp(1);
    const [a, b] = [start(...program('a')), start(...program('b'))];
    const warm = idle('warm');
    assert.deepEqual(log, ['a on first', 'warm on second']);
    a.end();
    await a.result;
    assert.deepEqual(log.slice(2), ['b on first']);
    for (const job of [warm, b]) job.end();
    assert.deepEqual(await Promise.all([warm.result, b.result]), ['warm', 'b']);
  });

  it('and one that goes makes room for the next', async () => {
    const { start, log } = setUp(1);
    const [a, b] = [start(...program('a')), start(...program('b'))];
    a.abort();
    a.end();
    await a.result;
    assert.match(log.slice(1).join(), /^b on \w+$/);
    b.end();
    await b.result;
  });
});

describe('scheduling anything', () => {
  it('everything ends, one at a time on a sequence, and nobody who waits is aborted', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const below = dice(seed);
      const sequences = ['first', 'second', 'third'].slice(below(3));
      let time = 0;
      const scheduler = createScheduler(
        sequences,
        1 + below(3),
        (): string[] => [],
        () => {
          time += below(30_000);
          return time;
        },
      );
      const busy = new Map<string, () => void>();
      const aborted = new Set<AbortController>();
      const jobs: { priority: GeneratePriority; controller: AbortController; result: Promise<unknown> }[] =
        [];
      for (let step = 0; step < 60; step++) {
        const action = below(4);
        if (action < 2) {
          const priority = action === 0 ? (below(2) === 0 ? 'user' : 'api') : 'idle';
          const controller = new AbortController();
          const result = scheduler.run(
            { affinity: `${below(4)}.ts`, tokens: [], priority, controller },
            async (sequence) => {
              assert.ok(!busy.has(sequence), `seed ${seed}: two on ${sequence}`);
              await new Promise<void>((end) => busy.set(sequence, end));
              busy.delete(sequence);
              return priority;
            },
          );
          jobs.push({ priority, controller, result });
        } else if (action === 2) {
          const controller = jobs[below(jobs.length)]?.controller;
          if (controller) aborted.add(controller);
          controller?.abort();
        } else [...busy.values()][below(busy.size)]?.();
        await new Promise((fulfil) => setImmediate(fulfil));
      }
      while (busy.size > 0) {
        for (const end of busy.values()) end();
        await new Promise((fulfil) => setImmediate(fulfil));
      }
      for (const { priority, controller, result } of jobs) {
        const outcome = await result;
        if (priority !== 'idle' && !aborted.has(controller)) assert.equal(outcome, priority, `seed ${seed}`);
      }
    }
  });
});

/** Whole numbers from 0 to below a limit, the same for each seed (Lehmer). */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return limit > 0 ? state % limit : 0;
  };
}
