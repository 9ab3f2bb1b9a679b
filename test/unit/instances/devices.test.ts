import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Instance, wishesSchema } from '#protocol';
import { until } from '../../support/until';
import { calm, type Scripted, type Start, scripted } from './scripted';

describe('instances: the memory of devices', () => {
  let play: Scripted;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    play = scripted(folder);
    play.devices.gpu = 100;
  });
  afterEach(async () => {
    await play.instances.stop();
    play.remove();
  });

  function place(
    modelId: string,
    { wishes = {}, previewId = null as string | null, keepFailure = false } = {},
  ) {
    const controller = new AbortController();
    const placing = play.instances.place({
      modelId,
      wishes: wishesSchema.parse(wishes),
      previewId,
      keepFailure,
      signal: controller.signal,
      onChange: () => {},
    });
    placing.catch(() => {});
    return placing;
  }
  function start(index: number): Start {
    const found = play.starts[index];
    assert.ok(found, `start ${index}`);
    return found;
  }
  /** Places a model that takes its memory when it is ready, as a real one does. */
  async function placed(modelId: string, options: Parameters<typeof place>[1] = {}): Promise<Instance> {
    const placing = place(modelId, options);
    await calm();
    const engine = play.starts.at(-1);
    assert.ok(engine);
    engine.succeed();
    const instance = await placing;
    if (instance.placement?.id === 'gpu')
      play.devices.gpu = (play.devices.gpu ?? 0) - (play.needs[modelId] ?? 10);
    return instance;
  }
  const shown = () =>
    play.instances
      .list()
      .map(({ model, state, placement }) => `${model.id} ${state} ${placement?.id ?? '—'}`);

  it('placed where the first preview says, with just that plan', async () => {
    const { placement } = await placed('large');
    assert.equal(placement?.id, 'gpu');
    assert.equal(start(0).gpuLayers, 6);
  });

  it('two models that fit alone but not together, each on the GPU or nowhere: one wins, the other gets the reason', async () => {
    play.needs.large = 60;
    play.needs.other = 70;
    const [first, second] = [place('large', { previewId: 'gpu' }), place('other', { previewId: 'gpu' })];
    await calm();
    play.devices.gpu = 40;
    start(0).succeed();
    assert.equal((await first).state, 'ready');
    await assert.rejects(second, { message: 'gpu has 40 of 70 bytes.' });
    assert.deepEqual(shown(), ['large ready gpu']);
    assert.equal(play.starts.length, 1);
  });

  it('the same without a chosen preview: the second goes where it fits', async () => {
    play.needs.large = 60;
    play.needs.other = 70;
    await placed('large');
    await placed('other');
    assert.deepEqual(shown(), ['large ready gpu', 'other ready cpu']);
  });

  it('free VRAM that is gone while loading: the next preview, and a note that says why', async () => {
    const placing = place('large');
    await calm();
    start(0).fail('Too little memory: cudaMalloc failed.', 'memory');
    await calm();
    start(1).succeed();
    const instance = await placing;
    assert.deepEqual([start(0).gpuLayers, start(1).gpuLayers], [6, 0]);
    assert.equal(instance.note, 'placed elsewhere than wished: Too little memory: cudaMalloc failed.');
  });

  it('the same with a chosen preview: the reason, and no lease is left behind', async () => {
    play.needs.large = 90;
    play.needs.other = 90;
    const placing = place('large', { previewId: 'gpu' });
    await calm();
    start(0).fail('Too little memory: cudaMalloc failed.', 'memory');
    await assert.rejects(placing, { message: 'Too little memory: cudaMalloc failed.' });
    assert.deepEqual(shown(), []);
    assert.equal((await placed('other')).placement?.id, 'gpu');
  });

  describe('a GPU that no backend can use', () => {
    const why = 'CUDA: llama.cpp cannot use cuda here: no device.';

    it('the CPU, which has promised the memory that it takes, and a note with the reason', async () => {
      play.needs.large = 60;
      const placing = place('large');
      await calm();
      start(0).fail(why, 'backend');
      await calm();
      assert.deepEqual(play.leases.outstanding(), [{ device_id: 'cpu', bytes: 60 }]);
      assert.deepEqual([start(1).gpuLayers, start(1).insteadOfGpu], [0, true]);
      start(1).succeed();
      const { note, placement } = await placing;
      assert.deepEqual([note, placement?.id], [`placed elsewhere than wished: ${why}`, 'cpu']);
      assert.equal(play.leases.heldBy('/models/large.gguf', 'gpu'), 0);
    });

    it('and too little RAM for it: the reason, instead of a CPU that takes what nobody has', async () => {
      play.devices.cpu = 50;
      play.needs.large = 60;
      const placing = place('large');
      await calm();
      start(0).fail(why, 'backend');
      await assert.rejects(placing, { message: why });
      assert.equal(play.starts.length, 1);
    });

    it('just this one was wished: the reason', async () => {
      const placing = place('large', { previewId: 'gpu' });
      await calm();
      start(0).fail(why, 'backend');
      await assert.rejects(placing, { message: why });
      assert.deepEqual(shown(), []);
    });
  });

  it('a device that vanishes between preview and lease: the reason, and nothing half-made', async () => {
    const placing = place('large', { previewId: 'gpu' });
    play.devices.gpu = null;
    await assert.rejects(placing, { message: /devices of this preview \(gpu\) are not there any more/ });
    assert.deepEqual(shown(), []);
  });

  it('what works is not given up for what cannot be had', async () => {
    await placed('large');
    play.needs.large = 5000;
    await assert.rejects(place('large', { wishes: { context_size: 8192 } }), /gpu has 100 of 5000 bytes/);
    assert.deepEqual(shown(), ['large ready gpu']);
    assert.ok(!start(0).stopped());
  });

  it('nobody waits for it: a failure stays, with its reason', async () => {
    const placing = place('large', { keepFailure: true });
    await calm();
    start(0).fail('The file is damaged.');
    await assert.rejects(placing);
    assert.deepEqual(shown(), ['large failed gpu']);
    assert.equal(play.instances.list()[0]?.error, 'The file is damaged.');
  });

  it('how fast it was is learned for where it ran', async () => {
    await placed('large');
    const { done } = generate();
    await done;
    await calm();
    assert.deepEqual(play.learned, [{ preview: 'gpu', decode: null, prefill: 1000 }]);
  });

  describe('a chosen GPU that is full when the host starts', () => {
    beforeEach(async () => {
      play.needs.large = 60;
      await placed('large', { previewId: 'gpu' });
      await play.instances.stop();
      play = scripted(folder);
      play.needs.large = 60;
      play.devices.gpu = 40;
      play.instances.restore();
      await calm();
      start(0).succeed();
      await calm();
    });
    const engineIsStartedAnew = async () => {
      start(0).die();
      await until('started anew', () => play.starts.length === 2);
      start(1).succeed();
      await calm();
    };

    it('the CPU for now, and a note that says why', () => {
      assert.deepEqual(shown(), ['large ready cpu']);
      const note = 'placed elsewhere than wished: gpu has 40 of 60 bytes.';
      assert.equal(play.instances.list()[0]?.note, note);
    });

    it('the GPU again with the next engine, when it is free', async () => {
      play.devices.gpu = 100;
      await engineIsStartedAnew();
      assert.deepEqual(shown(), ['large ready gpu']);
      assert.equal(play.instances.list()[0]?.note, null);
    });

    it('the CPU again, with the note again, when it is not', async () => {
      await engineIsStartedAnew();
      assert.deepEqual(shown(), ['large ready cpu']);
      assert.match(play.instances.list()[0]?.note ?? '', /gpu has 40 of 60 bytes/);
    });

    it('the CPU from now on for who chooses it', async () => {
      await place('large', { previewId: 'cpu' });
      play.devices.gpu = 100;
      await engineIsStartedAnew();
      assert.deepEqual(shown(), ['large ready cpu']);
      assert.equal(play.instances.list()[0]?.note, null);
    });
  });

  describe('without a request for a while', () => {
    it('is unloaded, keeps its VRAM promised, and comes back on the next request', async () => {
      play.needs.large = 60;
      await placed('large');
      play.instances.setIdleAfter(5);
      await until('idle', () => shown()[0] === 'large idle gpu');
      assert.ok(start(0).stopped());
      play.devices.gpu = 100;

      play.needs.other = 70;
      await assert.rejects(place('other', { previewId: 'gpu' }), { message: 'gpu has 40 of 70 bytes.' });

      play.instances.setIdleAfter(null);
      const ready = play.instances.readyForCompletion(new AbortController().signal);
      await calm();
      assert.deepEqual(shown(), ['large loading gpu'], 'loading is not an error');
      start(1).succeed();
      assert.equal((await ready)?.state, 'ready');
    });

    it('comes back for whoever places it again', async () => {
      await placed('large');
      play.instances.setIdleAfter(5);
      await until('idle', () => shown()[0] === 'large idle gpu');
      play.instances.setIdleAfter(null);
      assert.equal((await placed('large')).state, 'ready');
      assert.equal(play.starts.length, 2);
    });

    it('not while it answers', async () => {
      await placed('large');
      let end: () => void = () => {};
      start(0).answer(new Promise((fulfil) => (end = () => fulfil())));
      const { done } = generate();
      play.instances.setIdleAfter(1);
      await new Promise((wake) => setTimeout(wake, 20));
      assert.deepEqual(shown(), ['large ready gpu']);
      end();
      await done;
      await until('idle', () => shown()[0] === 'large idle gpu');
    });

    it('it is still known that it chats', async () => {
      assert.equal((await placed('large')).chat_template, true);
      play.instances.setIdleAfter(5);
      await until('idle', () => shown()[0] === 'large idle gpu');
      assert.equal(play.instances.list()[0]?.chat_template, true);
    });

    it('a chat model gives its VRAM away to whoever asks', async () => {
      play.needs.large = 60;
      await placed('large', { wishes: { role: 'chat' } });
      play.instances.setIdleAfter(5);
      await until('idle', () => shown()[0] === 'large idle gpu');
      play.devices.gpu = 100;
      play.needs.other = 70;
      assert.equal((await placed('other', { previewId: 'gpu' })).placement?.id, 'gpu');
    });
  });

  describe('a chat model', () => {
    it('answers no completions, and replaces neither the default nor the completion model', async () => {
      play.instances.restore();
      await calm();
      start(0).succeed();
      await calm();
      await placed('large', { wishes: { role: 'chat' } });
      assert.deepEqual(shown(), ['tiny ready gpu', 'large ready gpu']);
      assert.equal(play.instances.forCompletion()?.model.id, 'tiny');
    });

    it('never takes the VRAM that a sleeping completion model comes back to', async () => {
      play.needs.large = 60;
      await placed('large');
      play.instances.setIdleAfter(5);
      await until('idle', () => shown()[0] === 'large idle gpu');
      play.devices.gpu = 100;
      play.needs.other = 70;
      const chat = await placed('other', { wishes: { role: 'chat' } });
      assert.equal(chat.placement?.id, 'cpu');
    });
  });

  function generate() {
    const generation = play.instances.forCompletion()?.generate({
      prompt: [],
      maxTokens: 1,
      temperature: 0,
      seed: 0,
      priority: 'user',
      affinity: 'a',
      signal: new AbortController().signal,
    });
    assert.ok(generation);
    return generation;
  }
});
