import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Instance, wishesSchema } from '#protocol';
import { calm, type Scripted, type Start, scripted } from './scripted';

describe('instances: placing', () => {
  let play: Scripted;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    play = scripted(folder);
  });
  afterEach(async () => {
    await play.instances.stop();
    play.remove();
  });

  /** One window that places a model. */
  function place(modelId: string, wishes: object = {}, previewId: string | null = null) {
    const controller = new AbortController();
    const reported: (number | null)[] = [];
    const placing = play.instances.place({
      modelId,
      wishes: wishesSchema.parse(wishes),
      previewId,
      keepFailure: false,
      signal: controller.signal,
      onChange: ({ progress }) => void reported.push(progress),
    });
    placing.catch(() => {});
    return { placing, reported, cancel: () => controller.abort() };
  }
  function start(index: number): Start {
    const found = play.starts[index];
    assert.ok(found, `start ${index}`);
    return found;
  }
  const shown = () =>
    play.instances.list().map(({ model, placed_by, state }: Instance) => `${model.id} ${placed_by} ${state}`);
  /** The same host after a restart, in which every engine loads. */
  async function afterRestart(): Promise<string[]> {
    const next = scripted(folder);
    next.instances.restore();
    await calm();
    for (const { succeed } of next.starts) succeed();
    await calm();
    const list = next.instances.list().map(({ model, placed_by }) => `${model.id} ${placed_by}`);
    await next.instances.stop();
    return list;
  }

  it('nothing was ever chosen: the default model', async () => {
    play.instances.restore();
    await calm();
    start(0).succeed();
    await calm();
    assert.deepEqual(shown(), ['tiny default ready']);
  });

  it('the choice of the user replaces the default, once it is ready', async () => {
    play.instances.restore();
    await calm();
    start(0).succeed();
    const { placing, reported } = place('large');
    await calm();
    assert.deepEqual(shown(), ['tiny default ready', 'large user loading']);
    assert.equal(play.instances.forCompletion()?.model.id, 'tiny', 'completions go on meanwhile');
    start(1).progress(0.25);
    start(1).succeed();
    assert.equal((await placing).model.id, 'large');
    assert.deepEqual(shown(), ['large user ready']);
    assert.ok(reported.includes(0.25));
  });

  it('the default itself, chosen: stays where it is', async () => {
    play.instances.restore();
    await calm();
    start(0).succeed();
    const { placing } = place('tiny');
    await placing;
    assert.deepEqual(shown(), ['tiny user ready']);
    assert.equal(play.starts.length, 1);
  });

  it('two windows, the same model: one instance, and only both together give it up', async () => {
    const [first, second] = [place('large'), place('large')];
    await calm();
    assert.equal(play.starts.length, 1);
    first.cancel();
    await assert.rejects(first.placing, /Placing was cancelled/);
    assert.deepEqual(shown(), ['large user loading']);
    start(0).succeed();
    assert.equal((await second.placing).state, 'ready');

    const [third, fourth] = [place('other'), place('other')];
    await calm();
    third.cancel();
    fourth.cancel();
    await Promise.allSettled([third.placing, fourth.placing]);
    assert.deepEqual(shown(), ['large user ready']);
    assert.ok(start(1).signal.aborted);
  });

  it('two models of the user: both stay, and the newer one answers', async () => {
    for (const [index, model] of ['large', 'other'].entries()) {
      const { placing } = place(model);
      await calm();
      start(index).succeed();
      await placing;
    }
    assert.deepEqual(shown(), ['large user ready', 'other user ready']);
    assert.equal(play.instances.forCompletion()?.model.id, 'other');
    start(1).die();
    await calm();
    assert.equal(play.instances.forCompletion()?.model.id, 'large', 'whoever is ready answers');
  });

  it('cancelled while it loads: nothing is left of it', async () => {
    const { placing, cancel } = place('large');
    await calm();
    cancel();
    await assert.rejects(placing, { message: 'Placing was cancelled. Nothing was kept.' });
    assert.deepEqual(shown(), []);
    assert.ok(start(0).signal.aborted);
    assert.deepEqual(await afterRestart(), ['tiny default']);
  });

  it('cancelled before it began', async () => {
    const cancelled = AbortSignal.abort();
    const request = {
      modelId: 'large',
      wishes: wishesSchema.parse({}),
      previewId: null,
      keepFailure: false,
      signal: cancelled,
      onChange: () => {},
    };
    await assert.rejects(play.instances.place(request), /Placing was cancelled/);
    assert.deepEqual(shown(), []);
  });

  it('cannot be loaded: the reason to the one who asked, and nothing is left of it', async () => {
    const { placing } = place('large');
    await calm();
    start(0).fail('Too large for this machine.');
    await assert.rejects(placing, { message: 'Too large for this machine.' });
    assert.deepEqual(shown(), []);
  });

  it('removed in the moment in which it becomes ready: its engine does not stay', async () => {
    play.instances.restore();
    await calm();
    const [instance] = play.instances.list();
    start(0).succeed();
    await play.instances.unplace(instance?.id ?? '');
    assert.deepEqual(shown(), []);
    assert.ok(start(0).stopped());
  });

  it('another context: the old instance makes room; when that fails, it comes back', async () => {
    play.instances.restore();
    await calm();
    start(0).succeed();
    const small = place('tiny', { context_size: 512 });
    await calm();
    assert.deepEqual(shown(), ['tiny user loading']);
    small.cancel();
    await assert.rejects(small.placing);
    await calm();
    start(2).succeed();
    await calm();
    assert.deepEqual(shown(), ['tiny default ready']);
    assert.deepEqual(
      play.starts.map(({ contextSize }) => contextSize),
      [4096, 512, 4096],
    );
  });

  describe('another context, while it is worked out what that needs', () => {
    let worked: () => void;
    beforeEach(async () => {
      play.instances.restore();
      await calm();
      start(0).succeed();
      play.dryRuns.ended = new Promise((fulfil) => {
        worked = fulfil;
      });
    });

    it('cancelled: what works is left as it is', async () => {
      const small = place('tiny', { context_size: 512 });
      await calm();
      small.cancel();
      await assert.rejects(small.placing, /Placing was cancelled/);
      worked();
      await calm();
      assert.deepEqual(shown(), ['tiny default ready']);
      assert.ok(!start(0).stopped());
    });

    it('the same in a second window: one instance', async () => {
      const both = [place('tiny', { context_size: 512 }), place('tiny', { context_size: 512 })];
      await calm();
      worked();
      await calm();
      assert.deepEqual(shown(), ['tiny user loading']);
      start(1).succeed();
      const ids = await Promise.all(both.map(async ({ placing }) => (await placing).id));
      assert.equal(ids[0], ids[1]);
      assert.equal(play.starts.length, 2);
    });

    it('removed: it is placed in that context, and the old one does not come back', async () => {
      const small = place('tiny', { context_size: 512 });
      await calm();
      await play.instances.unplace(play.instances.list()[0]?.id ?? '');
      worked();
      await calm();
      small.cancel();
      await assert.rejects(small.placing, /Placing was cancelled/);
      await calm();
      assert.deepEqual(shown(), []);
    });
  });

  it('another context while a first window still waits: that one hears so', async () => {
    const first = place('large', { context_size: 512 });
    await calm();
    const second = place('large', { context_size: 1024 });
    await assert.rejects(first.placing, { message: 'large was removed before it was ready.' });
    await calm();
    start(1).succeed();
    assert.equal((await second.placing).state, 'ready');
    assert.deepEqual(shown(), ['large user ready']);
  });

  it('removed while it loads: the one who waits hears so', async () => {
    const { placing } = place('large');
    await calm();
    await play.instances.unplace(play.instances.list()[0]?.id ?? '');
    await assert.rejects(placing, { message: 'large was removed before it was ready.' });
    assert.deepEqual(shown(), []);
  });

  it('failed before: is started anew', async () => {
    play.instances.restore();
    await calm();
    start(0).fail('Out of memory.');
    await calm();
    assert.deepEqual(shown(), ['tiny default failed']);
    const { placing } = place('tiny');
    await calm();
    start(1).succeed();
    await placing;
    assert.deepEqual(shown(), ['tiny user ready']);
  });

  it('an unknown model: nothing changes', async () => {
    const { placing } = place('unknown');
    await assert.rejects(placing, { message: 'There is no model "unknown".' });
    assert.deepEqual(shown(), []);
  });

  it('the host stops: nothing new is placed', async () => {
    await play.instances.stop();
    await assert.rejects(place('large').placing, { message: 'The host is stopping.' });
    assert.equal(play.starts.length, 0);
  });

  it('remembered over a restart: what was placed, and that all was removed', async () => {
    const { placing } = place('large');
    await calm();
    start(0).succeed();
    const { id } = await placing;
    assert.deepEqual(await afterRestart(), ['large user']);
    await play.instances.unplace(id);
    assert.deepEqual(await afterRestart(), []);
  });

  it('remembered, but its file is gone: said in the log', async () => {
    const { placing } = place('large');
    await calm();
    start(0).succeed();
    await placing;
    const next = scripted(folder, []);
    next.instances.restore();
    assert.deepEqual(next.instances.list(), []);
    assert.deepEqual(next.warnings, ['large was not placed: There is no model "large".']);
  });
});
