import assert from 'node:assert/strict';
import {
  type DryRun,
  dryRunsFor,
  type NeedParts,
  needFromDryRuns,
  needWithoutGpu,
} from '../../../server/src/inference/engine/memory-need';

const mib = 2 ** 20;

/** A model of 16 blocks of 7 MiB with 64 MiB of KV cache each, as llama.cpp's dry run tells of it. */
const kv = 64;
const parts: NeedParts = {
  blockWeights: Array.from({ length: 16 }, () => 7 * mib),
  inputTensorBytes: 2 * mib,
  outputTensorBytes: 3 * mib,
  kvShape: Array.from({ length: 16 }, () => 1),
  outputBuffer: 0,
};

/** @param computeOn MiB on the GPU with so many layers there. */
function contexts(layers: number, kvOf: (onGpu: number) => number, computeOn: (onGpu: number) => number) {
  const total = kvOf(layers);
  return new Map(
    dryRunsFor(layers).map((onGpu): [number, DryRun] => [
      onGpu,
      {
        gpuVram: (kvOf(onGpu) + computeOn(onGpu)) * mib,
        cpuRam: (total - kvOf(onGpu) + (onGpu === layers ? 10 : 14)) * mib,
      },
    ]),
  );
}
const model = { gpuVram: (16 * 7 + 3) * mib, cpuRam: 2 * mib };
const cpuContext = { gpuVram: 20 * mib, cpuRam: (16 * kv + 7) * mib };

describe('memory need from dry runs', () => {
  const needOf = (computeOn: (onGpu: number) => number, changes: Partial<NeedParts> = {}) =>
    needFromDryRuns(
      { ...parts, ...changes },
      { model, cpuContext, context: contexts(17, (onGpu) => (onGpu - 1) * kv, computeOn) },
    );
  const inMib = (bytes: number) => bytes / mib;

  it('gives each block its KV cache, and what is left to the compute buffers', () => {
    const need = needOf((onGpu) => (onGpu === 17 ? 47 : 52));
    assert.deepEqual(need.block_kv.map(inMib), Array(16).fill(kv));
    assert.equal(inMib(need.output_weights), 3);
    assert.equal(inMib(need.input_weights), 2);
    assert.equal(need.simulated, true);
    const { gpu_whole, gpu_partial, cpu } = need.compute;
    assert.ok(gpu_whole >= 47 * mib && gpu_whole <= 49 * mib, `${inMib(gpu_whole)}`);
    assert.ok(gpu_partial >= 52 * mib && gpu_partial <= 54 * mib, `${inMib(gpu_partial)}`);
    assert.ok(cpu >= 27 * mib && cpu <= 29 * mib, `${inMib(cpu)}`);
  });

  it('is not misled by a compute buffer that shrinks where almost all is on the GPU', () => {
    // seen with a KV cache of q8_0: the copy of the CPU's share goes
    const need = needOf((onGpu) => (onGpu < 16 ? 72 : 55));
    assert.deepEqual(need.block_kv.map(inMib), Array(16).fill(kv));
    assert.ok(need.compute.gpu_partial >= 72 * mib);
  });

  it('spreads the KV cache as the blocks differ', () => {
    const shape = parts.kvShape.map((_, block) => (block % 2 === 0 ? 0 : 2));
    const sizes = shape.map((share) => share * kv);
    const kvOf = (onGpu: number) => sizes.slice(17 - onGpu).reduce((total, size) => total + size, 0);
    const need = needFromDryRuns(
      { ...parts, kvShape: shape },
      { model, cpuContext, context: contexts(17, kvOf, () => 50) },
    );
    assert.deepEqual(need.block_kv.map(inMib), sizes);
  });

  it('spreads it evenly where nothing is known of its shape', () => {
    const need = needOf(() => 50, { kvShape: Array(16).fill(0) });
    assert.deepEqual(need.block_kv.map(inMib), Array(16).fill(kv));
  });

  it('counts the copies that several GPUs keep of what travels between them', () => {
    const { gpu_several, gpu_whole, beside_gpu } = needOf(() => 50).compute;
    assert.ok(gpu_several >= gpu_whole + 3 * 10 * mib, `${inMib(gpu_several)}`);
    assert.ok(beside_gpu >= 4 * 10 * mib, `${inMib(beside_gpu)}`);
  });

  it('a model of one block', () => {
    const need = needFromDryRuns(
      { ...parts, blockWeights: [7 * mib], kvShape: [kv * mib] },
      {
        model: { gpuVram: 10 * mib, cpuRam: mib },
        cpuContext: { gpuVram: 20 * mib, cpuRam: (kv + 7) * mib },
        context: contexts(
          2,
          (onGpu) => (onGpu - 1) * kv,
          () => 50,
        ),
      },
    );
    assert.deepEqual(need.block_kv.map(inMib), [kv]);
  });

  it('without a GPU to ask: the CPU’s need, and more than that for any GPU', () => {
    const need = needWithoutGpu(
      { ...parts, kvShape: Array(16).fill(kv * mib) },
      { gpuVram: 0, cpuRam: (16 * kv + 30) * mib },
    );
    assert.equal(need.simulated, false);
    assert.equal(inMib(need.output_weights), 3);
    assert.equal(inMib(need.input_weights), 2);
    const { cpu, gpu_whole, gpu_partial, gpu_several } = need.compute;
    assert.ok(cpu >= 30 * mib && cpu <= 32 * mib, `${inMib(cpu)}`);
    for (const gpu of [gpu_whole, gpu_partial, gpu_several]) assert.ok(gpu >= 2 * cpu);
  });

  const runs: [layers: number, expected: number[]][] = [
    [2, [1, 2]],
    [3, [1, 2, 3]],
    [17, [1, 9, 16, 17]],
    [65, [1, 33, 64, 65]],
  ];
  for (const [layers, expected] of runs)
    it(`${layers} layers: ${expected.length} dry runs`, () => {
      assert.deepEqual(dryRunsFor(layers), expected);
    });
});
