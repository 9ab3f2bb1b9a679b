/** The way to a GPU, on a device in software: what was worked out before is what llama.cpp then allocates. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { EngineBuffer, KvCacheType, LoadedModel, ModelNeed } from '#protocol';
import { createInspector, type ModelInspection } from '../../../server/src/inference';
import { withDevices } from '../../support/lavapipe';
import { writeRandomModel } from '../../support/random-model';
import { complete, enginePath, infill, PATIENCE_MS, start, text, tinyModel } from './support';

const mib = 2 ** 20;
const log = pino({ level: 'silent' });

interface Case {
  readonly modelPath: string;
  readonly devices: number;
  /** layers on the GPUs; null: all */
  readonly gpuLayers: number | null;
  readonly contextSize: number;
  readonly sequences: number;
  readonly kvCacheType: KvCacheType;
  /** llama.cpp crashes when it computes part of a model on one driver in software that is taken for two. */
  readonly onlyLoaded?: true;
}

describe('engine: on a GPU', function () {
  this.timeout(PATIENCE_MS);
  let folder: string;
  let shaped: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vramesh-vulkan-'));
    shaped = path.join(folder, 'random.gguf');
    writeRandomModel(shaped, { embedding: 1024, feedForward: 2816, layers: 16, heads: 16 });
  });
  after(() => rmSync(folder, { recursive: true }));

  const tiny: Omit<Case, 'devices' | 'gpuLayers'> = {
    modelPath: tinyModel,
    contextSize: 1024,
    sequences: 4,
    kvCacheType: 'f16',
  };
  const large = () => ({ ...tiny, modelPath: shaped, sequences: 2 });

  const cases: [what: string, () => Case][] = [
    ['the embedded model, whole', () => ({ ...tiny, devices: 1, gpuLayers: null })],
    ['the embedded model, 3 layers', () => ({ ...tiny, devices: 1, gpuLayers: 3 })],
    ['the embedded model, its output alone', () => ({ ...tiny, devices: 1, gpuLayers: 1 })],
    ['the embedded model, on two', () => ({ ...tiny, devices: 2, gpuLayers: null })],
    ['the embedded model, q8_0', () => ({ ...tiny, devices: 1, gpuLayers: null, kvCacheType: 'q8_0' })],
    ['a model of real shape, whole', () => ({ ...large(), devices: 1, gpuLayers: null })],
    ['a model of real shape, 9 layers', () => ({ ...large(), devices: 1, gpuLayers: 9 })],
    ['a model of real shape, all but one layer', () => ({ ...large(), devices: 1, gpuLayers: 16 })],
    ['a model of real shape, q8_0', () => ({ ...large(), devices: 1, gpuLayers: null, kvCacheType: 'q8_0' })],
    [
      'a model of real shape, 9 layers, q8_0',
      () => ({ ...large(), devices: 1, gpuLayers: 9, kvCacheType: 'q8_0' }),
    ],
    [
      'a model of real shape, 12 layers, q4_0',
      () => ({ ...large(), devices: 1, gpuLayers: 12, kvCacheType: 'q4_0' }),
    ],
    ['a model of real shape, on two', () => ({ ...large(), devices: 2, gpuLayers: null })],
    [
      'a model of real shape, 9 layers on two',
      () => ({ ...large(), devices: 2, gpuLayers: 9, onlyLoaded: true }),
    ],
    ['a model of real shape, on three', () => ({ ...large(), devices: 3, gpuLayers: null })],
  ];
  for (const [what, make] of cases)
    it(`${what}: holds what was worked out`, async () => {
      const wanted = make();
      await withDevices(wanted.devices, async (gpus) => {
        const { facts, need } = await inspect(wanted, gpus);
        assert.equal(need.simulated, true);
        const gpuLayers = wanted.gpuLayers ?? facts.layers;
        const { contextSize, sequences, kvCacheType, modelPath } = wanted;
        const engine = await start({
          modelPath,
          contextSize,
          sequences,
          kvCacheType,
          backends: ['vulkan'],
          plan: { gpuLayers, gpus },
        });
        assert.equal(engine.model.layers_on_gpu, gpuLayers);
        assert.equal(engine.model.layers, facts.layers);
        assert.equal(engine.model.context_size, contextSize);
        assert.equal(engine.model.devices.length, wanted.devices);
        assert.deepEqual(engine.model.fim, facts.fim);
        assertHeld(need, engine.model, wanted.devices);
        if (wanted.onlyLoaded === undefined) {
          const { text: written } = await complete(engine, [text('export const ')], { maxTokens: 3 });
          assert.ok(written.length > 0);
        }
        await engine.stop();
      });
    });

  it('writes what the CPU writes', () =>
    withDevices(1, async (gpus) => {
      const engine = await start({ backends: ['vulkan', 'cpu'], plan: { gpuLayers: 6, gpus } });
      assert.equal(engine.backend, 'vulkan');
      assert.equal(engine.note, null);
      const { text: written } = await complete(
        engine,
        infill('for (let i = 0; i < arr.', '\n  sum += arr[i];\n}\n'),
      );
      assert.equal(written, 'length; i++) {');
      await engine.stop();
    }));

  it('the CPU’s own need, from a dry run on a GPU and from one on the CPU', () =>
    withDevices(1, async (gpus) => {
      for (const modelPath of [tinyModel, shaped]) {
        const wanted: Case = { ...tiny, modelPath, devices: 1, gpuLayers: 0 };
        const engine = await start({ modelPath });
        const held = (...kinds: EngineBuffer['kind'][]) => bytesOf(engine.model, isRam, ...kinds);
        for (const { need } of [await inspect(wanted, gpus), await inspect(wanted, [])]) {
          assertClose('KV cache', sum(need.block_kv), held('kv_cache'));
          assertClose('compute', need.compute.cpu, held('compute', 'output'));
        }
        await engine.stop();
      }
    }));
});

async function inspect(
  wanted: Case,
  [gpu]: Parameters<Parameters<typeof withDevices>[1]>[0],
): Promise<ModelInspection> {
  const inspector = createInspector({
    enginePath,
    log,
    gpu: async () => (gpu === undefined ? null : { backend: 'vulkan', gpu }),
  });
  try {
    return await inspector.inspect(wanted);
  } finally {
    await inspector.close();
  }
}

/** Device by device, in the order of the layers. */
function assertHeld(need: ModelNeed, model: LoadedModel, devices: number): void {
  const { gpu_whole, gpu_partial, gpu_several, beside_gpu } = need.compute;
  const partial = model.layers_on_gpu < model.layers;
  const compute = partial ? gpu_partial : devices > 1 ? gpu_several : gpu_whole;
  let layer = model.layers - model.layers_on_gpu;
  for (let device = 0; device < devices; device++) {
    const isHere = (name: string) => name === `Vulkan${device}`;
    // llama.cpp splits by free memory, which two devices of one machine share: see how many blocks came here
    const begin = layer;
    let weights = 0;
    const held = bytesOf(model, isHere, 'weights');
    const isLast = device === devices - 1;
    while (layer < model.layers && (isLast || weights < held * 0.98)) weights += weightsOf(need, layer++);
    const kv = sum(need.block_kv.slice(begin, layer));
    const measured = bytesOf(model, isHere, 'weights', 'kv_cache', 'compute');
    assert.ok(held > 0, `nothing on device ${device}`);
    assertClose(`device ${device}`, weights + kv + compute, measured);
  }
  const host = bytesOf(model, (name) => name.endsWith('_Host'), 'compute', 'output');
  const cpu = bytesOf(model, (name) => name.startsWith('CPU'), 'compute', 'output');
  // one number for all splits: the copies that several GPUs need are counted for one, too
  assertClose('RAM beside it', beside_gpu, host + cpu, 64);
}

function weightsOf(need: ModelNeed, layer: number): number {
  return need.block_weights[layer] ?? need.output_weights;
}

/** Never under, and at most 10 % or 300 MiB over; the log rounds to 0.01 MiB. */
function assertClose(what: string, estimate: number, measured: number, mostMibOver = 30): void {
  const words = `${what}: ${(estimate / mib).toFixed(2)} MiB for ${(measured / mib).toFixed(2)} MiB`;
  const rounding = 4 * 0.005 * mib;
  assert.ok(measured > 0, words);
  assert.ok(estimate >= measured - rounding, `under: ${words}`);
  // these models are small: a tenth of what the issue allows
  assert.ok(estimate <= Math.max(measured * 1.1, measured + mostMibOver * mib), `far over: ${words}`);
}

function isRam(device: string): boolean {
  return device.startsWith('CPU');
}

function bytesOf(
  { buffers }: LoadedModel,
  isHere: (device: string) => boolean,
  ...kinds: EngineBuffer['kind'][]
): number {
  return sum(
    buffers.filter(({ device, kind }) => isHere(device) && kinds.includes(kind)).map(({ bytes }) => bytes),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
