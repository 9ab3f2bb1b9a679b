/**
 * A host with a GPU that llama.cpp can use: the stand-in NVML shows it, Mesa's Vulkan device in software computes. What a
 * preview says is what happens.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Instance, type Preview, placeRequest, previewsRequest } from '#protocol';
import { cleanUp, freshHome, type HostUnderTest, startHost } from '../../support/host';
import { lavapipeEnvironment } from '../../support/lavapipe';
import type { LspClient } from '../../support/lsp';
import { changeGpu, nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { writeRandomModel } from '../../support/random-model';
import { until } from '../../support/until';

const mib = 2 ** 20;
const desktop = readScenario('rtx3050');
const uuid = /UUID (\S+)/.exec(desktop)?.[1] ?? '';
const onGpu = `gpu:${uuid}`;

describe('host: placing on a GPU', () => {
  let home: string;
  let scenario: string;
  let host: HostUnderTest;
  let lsp: LspClient;
  beforeEach(async () => {
    home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    scenario = path.join(home, 'gpus.txt');
  });
  afterEach(cleanUp);

  /** With so much VRAM that is free. */
  async function start(freeMib: number, more: NodeJS.ProcessEnv = {}): Promise<void> {
    showFree(freeMib);
    const gpu = { ...nvmlEnvironment(scenario), ...lavapipeEnvironment(1) };
    const env = { ...gpu, VRAMESH_BACKEND: 'vulkan', ...more };
    host = await startHost({ home, env });
    lsp = await host.lsp();
  }

  function showFree(freeMib: number): void {
    const total = 8192 * mib;
    writeScenario(scenario, changeGpu(desktop, 0, `MemoryInfo ${total} ${total - freeMib * mib} 0`));
  }

  function randomModel(name: string): string {
    const file = path.join(home, 'models', `${name}.gguf`);
    writeRandomModel(file, { embedding: 1024, feedForward: 2816, layers: 16, heads: 16 });
    return file;
  }

  const previewsOf = async (model_id: string): Promise<Preview[]> =>
    (await lsp.request(previewsRequest, { model_id, sequences: 2 })).previews;

  function assertAsPreviewed(instance: Instance, preview: Preview): void {
    assert.equal(instance.state, 'ready');
    assert.equal(instance.backend, 'vulkan');
    assert.equal(instance.placement?.id, preview.id);
    assert.equal(instance.layers_on_gpu, preview.layers_on_gpu);
    assert.equal(instance.context_size, preview.context_size);
    for (const { device_id, predicted_bytes, buffers_bytes } of instance.memory) {
      const share = preview.shares.find((candidate) => candidate.device_id === device_id);
      assert.equal(predicted_bytes, share?.total_bytes, device_id);
      if (device_id !== 'cpu') assert.ok((buffers_bytes ?? 0) > 0, `nothing was measured on ${device_id}`);
      assert.ok((buffers_bytes ?? 0) <= predicted_bytes, `${device_id} holds more than was previewed`);
    }
  }

  it('the embedded model, whole on the GPU', async () => {
    await start(4096);
    const [best] = await previewsOf('vramesh-tiny');
    assert.equal(best?.id, onGpu);
    assert.equal(best.layers_on_gpu, best.layers);
    const { instance } = await lsp.request(placeRequest, {
      model_id: 'vramesh-tiny',
      sequences: 2,
      preview_id: best.id,
    });
    assertAsPreviewed(instance, best);
    assert.deepEqual(
      instance.memory.map(({ device_id }) => device_id),
      ['cpu', uuid],
    );
  });

  it('a model of real shape that the GPU holds in part', async () => {
    randomModel('shaped');
    await start(500);
    const [best] = await previewsOf('shaped');
    assert.equal(best?.kind, 'gpu+cpu');
    assert.ok(best.layers_on_gpu > 0 && best.layers_on_gpu < best.layers, `${best.layers_on_gpu} layers`);
    const { instance } = await lsp.request(placeRequest, {
      model_id: 'shaped',
      sequences: 2,
      preview_id: best.id,
    });
    assertAsPreviewed(instance, best);
  });

  it('two that fit alone but not together: the second hears how much is missing', async () => {
    randomModel('one');
    randomModel('other');
    await start(8000);
    const [best] = await previewsOf('one');
    const need = (best?.shares.find(({ device_id }) => device_id === uuid)?.total_bytes ?? 0) / mib;
    assert.ok(need > 100, `${need} MiB`);
    showFree(Math.ceil(need * 1.5));
    const place = (model_id: string) =>
      lsp.request(placeRequest, { model_id, sequences: 2, preview_id: onGpu });
    await place('one');
    // What the driver says from now on.
    showFree(Math.floor(need * 0.5));
    await assert.rejects(place('other'), /RTX 3050.*MiB/);
    const placed = (await host.state()).instances.filter(({ placed_by }) => placed_by === 'user');
    assert.deepEqual(
      placed.map(({ model, state, backend }) => [model.name, state, backend]),
      [['one', 'ready', 'vulkan']],
    );
  });

  it('a GPU that the user has hidden is not used', async () => {
    await start(4096, { CUDA_VISIBLE_DEVICES: '1' });
    const [best, ...others] = await previewsOf('vramesh-tiny');
    assert.equal(best?.id, 'cpu');
    const hidden = others.find(({ id }) => id === onGpu)?.error ?? '';
    assert.match(hidden, /RTX 3050 cannot be used: CUDA_VISIBLE_DEVICES, which is "1", does not name it/);
  });

  it('a GPU that falls off the bus between preview and placing', async () => {
    // Another model than the one that is there by default, which would give back what it holds.
    randomModel('shaped');
    await start(4096);
    const [best] = await previewsOf('shaped');
    assert.equal(best?.id, onGpu);
    writeScenario(scenario, desktop.slice(0, desktop.indexOf('\ngpu\n') + 1));
    await assert.rejects(
      lsp.request(placeRequest, { model_id: 'shaped', sequences: 2, preview_id: onGpu }),
      /RTX 3050 cannot be used: it fell off the bus/,
    );
    showFree(4096);
    // The driver is asked again after a while only.
    const free = await until('the GPU is back', async () => {
      const previews = await previewsOf('shaped');
      const shares = previews.find(({ id }) => id === onGpu)?.shares ?? [];
      return shares.find(({ device_id }) => device_id === uuid)?.free_bytes;
    });
    assert.equal(free, 4096 * mib, 'a lease was left behind');
  });
});
