import assert from 'node:assert/strict';
import type { Instance } from '#protocol';
import {
  layerRuns,
  loadingText,
  modelNotice,
  modelReadings,
  modelsText,
  stateText,
} from '../../../webview/src/model-words';
import { sampleInstance, sampleNode, samplePreview, sampleState } from '../api/sample-state';

const readings = (instance: Instance) =>
  Object.fromEntries(modelReadings(instance).map(({ label, value }) => [label, value]));

describe('the readings of a placed model', () => {
  it('say where it runs and how fast', () => {
    assert.deepEqual(readings(sampleInstance()), {
      Speed: '151 tokens/s',
      'Layers on GPU': '9 of 9',
      Context: '4096 × 2',
      'Computes with': 'CUDA',
    });
  });

  it('say what was predicted before anything was measured', () => {
    const fresh = sampleInstance({ tokens_per_second: null, placement: samplePreview() });
    assert.equal(readings(fresh)['Speed, predicted'], '150 tokens/s');
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

describe('where the layers of a model lie', () => {
  const share = (node_name: string, gpu_index: number | null, first_layer: number, layers: number) => ({
    node_id: node_name,
    node_name,
    device_id: `${gpu_index}`,
    device_name: '',
    gpu_index,
    first_layer,
    layers,
    weights_bytes: 0,
    kv_cache_bytes: 0,
    compute_bytes: 0,
    overhead_bytes: 0,
    total_bytes: layers * 2 ** 30,
    free_bytes: 0,
    capacity_bytes: 0,
  });
  const shares = [share('tower', null, 0, 0), share('attic', 1, 0, 6), share('tower', 0, 6, 4)];
  const split = (changes: Partial<Instance>) =>
    sampleInstance({ placement: samplePreview({ shares, layers: 10 }), ...changes });
  const two = sampleState([sampleNode([]), { ...sampleNode([]), node_id: 'attic' }]);
  const runs = (changes: Partial<Instance>, all = two) => layerRuns(split(changes), all);

  it('is said device by device; what holds no layer is left out', () => {
    assert.deepEqual(
      runs({}).map(({ place, text }) => `${place}: ${text}`),
      ['GPU 1 of attic: layers 1–6 · 6.0 GiB', 'GPU 0 of tower: layers 7–10 · 4.0 GiB'],
    );
    assert.equal(runs({}, sampleState([sampleNode([])]))[1]?.place, 'GPU 0');
    assert.deepEqual(layerRuns(sampleInstance(), two), []);
  });

  it('fills layer by layer while it is loaded', () => {
    const loaded = (changes: Partial<Instance>) => runs(changes).map((run) => run.loaded);
    assert.deepEqual(loaded({ state: 'loading', progress: 0.3 }), [0.5, 0]);
    assert.deepEqual(loaded({ state: 'loading', progress: 0.8 }), [1, 0.5]);
    assert.deepEqual(loaded({ state: 'loading', progress: null }), [0, 0]);
    assert.deepEqual(loaded({ state: 'ready' }), [1, 1]);
    assert.deepEqual(loaded({ state: 'idle' }), [0, 0]);
    assert.equal(loadingText(split({ state: 'loading', progress: 0.3 })), 'Loading layer 4 of 10');
    assert.equal(loadingText(split({ state: 'loading', progress: 1 })), 'Loading layer 10 of 10');
    assert.equal(loadingText(split({ state: 'ready' })), null);
  });

  it('says what is sent to another machine', () => {
    const shard = {
      node_id: 'attic',
      node_name: 'attic',
      layers: 6,
      weights_bytes: 1,
      sent_bytes: 1,
      received_bytes: 0,
      load_bytes_per_second: 118 * 2 ** 20,
      cached_bytes: null,
      bytes_per_token: null,
    };
    assert.match(runs({ shards: [shard] })[0]?.text ?? '', /sent at 118 MiB\/s$/);
    const loaded = { ...shard, load_bytes_per_second: null, bytes_per_token: 34 * 1024 };
    assert.match(runs({ shards: [loaded] })[0]?.text ?? '', /1 MiB a token$/);
  });
});

describe('how many models there are', () => {
  it('is counted, those that are loading apart', () => {
    assert.equal(modelsText([sampleInstance()]), '1 model');
    assert.equal(modelsText([sampleInstance(), sampleInstance({ state: 'loading' })]), '2 models, 1 loading');
  });
});
