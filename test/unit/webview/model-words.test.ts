import assert from 'node:assert/strict';
import type { Gpu, Instance } from '#protocol';
import { modelNotice, modelReadings, stateText } from '../../../webview/src/model-words';
import { sampleGpu, sampleInstance } from '../api/sample-state';

const readings = (instance: Instance, gpus: Gpu[] = []) =>
  Object.fromEntries(modelReadings(instance, gpus).map(({ label, value }) => [label, value]));

const holding = (index: number, pid: number) =>
  sampleGpu({ index, processes: [{ pid, name: 'engine', vram_used: 1, kind: 'compute' }] });

describe('the readings of a placed model', () => {
  it('say where it runs and how fast', () => {
    assert.deepEqual(readings(sampleInstance()), {
      Backend: 'CUDA',
      Device: 'NVIDIA GeForce RTX 3050',
      'Layers on GPU': '9 of 9',
      Context: '4096 tokens',
      Speed: '151 tokens/s',
    });
  });

  it('are dashes while nothing is known', () => {
    const loading = sampleInstance({
      backend: null,
      devices: [],
      layers: null,
      layers_on_gpu: null,
      context_size: null,
      tokens_per_second: null,
    });
    assert.deepEqual(new Set(Object.values(readings(loading))), new Set(['—']));
  });

  it('name the GPUs on which its engine holds memory', () => {
    const gpus = [holding(0, 1), holding(1, 4711), holding(2, 4711)];
    assert.equal(readings(sampleInstance(), gpus).Device, 'GPU 1, GPU 2');
  });

  it('name no GPU for a model without an engine', () => {
    const dead = sampleInstance({ engine_pid: null, devices: [] });
    assert.equal(readings(dead, [holding(0, 1)]).Device, '—');
  });

  it('name the CPU', () => {
    assert.equal(readings(sampleInstance({ backend: 'cpu', devices: [] })).Device, 'CPU');
  });
});

describe('what is said of a placed model', () => {
  it('has the progress of loading, where it is known', () => {
    assert.equal(stateText(sampleInstance({ state: 'loading', progress: 0.43 })), 'loading 43 %');
    assert.equal(stateText(sampleInstance({ state: 'loading', progress: null })), 'loading');
    assert.equal(stateText(sampleInstance()), 'ready');
    assert.equal(stateText(sampleInstance({ state: 'placing', progress: null })), 'placing');
    assert.equal(stateText(sampleInstance({ state: 'idle' })), 'idle');
  });

  it('tells of what an idle model waits for, and what placing is', () => {
    const note = 'Fewer layers on the GPU.';
    assert.match(
      modelNotice(sampleInstance({ state: 'idle', note })) ?? '',
      /comes back on the next request/,
    );
    assert.match(modelNotice(sampleInstance({ state: 'placing' })) ?? '', /memory is worked out/);
  });

  it('is the error before the note, and what the embedded model is good for when there is neither', () => {
    const note = 'Fewer layers on the GPU.';
    assert.equal(modelNotice(sampleInstance({ error: 'It died.', note })), 'It died.');
    assert.equal(modelNotice(sampleInstance({ note })), note);
    assert.match(modelNotice(sampleInstance()) ?? '', /small and weak/);
    const { model } = sampleInstance();
    assert.equal(modelNotice(sampleInstance({ model: { ...model, embedded: false } })), null);
  });
});
