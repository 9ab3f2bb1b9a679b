import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { calm, type Scripted, type Start, scripted } from './scripted';

function last(starts: readonly Start[]): Start {
  const start = starts.at(-1);
  assert.ok(start);
  return start;
}

describe('instances: the life of one', () => {
  let play: Scripted;
  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    play = scripted();
    play.instances.restore();
    await calm();
  });
  afterEach(async () => {
    await play.instances.stop();
    mock.timers.reset();
    play.remove();
  });
  const only = () => {
    const [instance, ...others] = play.instances.list();
    assert.ok(instance);
    assert.deepEqual(others, []);
    return instance;
  };
  const isReady = async () => {
    last(play.starts).succeed();
    await calm();
    assert.equal(only().state, 'ready');
  };
  const dies = async (message?: string) => {
    last(play.starts).die(message);
    await calm();
  };
  const generate = () =>
    play.instances.forCompletion()?.generate({
      prompt: [],
      maxTokens: 1,
      temperature: 0,
      seed: 0,
      priority: 'user',
      affinity: 'a',
      signal: new AbortController().signal,
    });
  const answers = async () => {
    await generate()?.done;
    await calm();
  };

  it('loading, with its progress, then ready, with what the engine knows', async () => {
    assert.deepEqual([only().state, only().progress, only().engine_pid], ['loading', null, null]);
    last(play.starts).progress(0.5);
    assert.equal(only().progress, 0.5);
    await isReady();
    const { progress, engine_pid, layers, threads, tokens_per_second } = only();
    assert.deepEqual([progress, engine_pid, layers, threads, tokens_per_second], [null, 1000, 6, 1, null]);
    await answers();
    assert.equal(only().tokens_per_second, 100);
  });

  it('cannot be loaded: failed with the reason, and not tried again', async () => {
    last(play.starts).fail('The file is damaged.');
    await calm();
    assert.deepEqual([only().state, only().error], ['failed', 'The file is damaged.']);
    mock.timers.tick(60_000);
    await calm();
    assert.equal(play.starts.length, 1);
  });

  it('dies: is started again after half a second, then after a second', async () => {
    await isReady();
    for (const [deaths, backoff] of [
      [1, 500],
      [2, 1000],
    ] as const) {
      await dies();
      assert.deepEqual([only().state, only().engine_deaths, only().engine_pid], ['restarting', deaths, null]);
      assert.equal(only().error, 'The engine was killed. It is started again.');
      mock.timers.tick(backoff - 1);
      await calm();
      assert.equal(play.starts.length, deaths);
      mock.timers.tick(1);
      await calm();
      assert.equal(play.starts.length, deaths + 1);
      await isReady();
      assert.equal(only().error, null);
    }
  });

  it('dies three times in a row: stays down with the reason', async () => {
    for (let deaths = 1; deaths <= 3; deaths++) {
      await isReady();
      await dies('The engine crashed (SIGABRT).');
      mock.timers.tick(10_000);
      await calm();
    }
    assert.equal(only().state, 'failed');
    assert.match(
      only().error ?? '',
      /^The engine crashed \(SIGABRT\)\. That was 3 times in a row: it stays down\./,
    );
    assert.equal(play.starts.length, 3);
  });

  it('an answer in between: the deaths before it do not count', async () => {
    for (let round = 0; round < 5; round++) {
      await isReady();
      await answers();
      assert.equal(only().engine_deaths, 0);
      await dies();
      assert.equal(only().state, 'restarting');
      mock.timers.tick(500);
      await calm();
    }
  });

  it('wanted again while its engine is still ending: is loaded once that has gone, and no death is counted', async () => {
    await isReady();
    const [unloaded] = play.starts;
    unloaded?.linger();
    play.instances.setIdleAfter(1000);
    mock.timers.tick(1000);
    assert.equal(only().state, 'idle');
    assert.ok(unloaded?.stopped());

    assert.throws(generate, { message: 'tiny is not ready (idle).' }, 'an engine that ends gets no request');
    await calm();
    assert.deepEqual([only().state, play.starts.length], ['placing', 1], 'its memory is not free yet');
    unloaded?.die();
    await calm();
    assert.equal(play.starts.length, 2);
    await isReady();
    assert.deepEqual([only().engine_deaths, only().error], [0, null]);
  });

  it('stopped while it waits to be started again: no engine comes back', async () => {
    await isReady();
    await dies();
    await play.instances.stop();
    mock.timers.tick(60_000);
    await calm();
    assert.equal(play.starts.length, 1);
  });

  it('each change is told', async () => {
    const before = play.changes();
    await isReady();
    assert.ok(play.changes() > before);
  });
});
