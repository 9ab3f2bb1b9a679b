import assert from 'node:assert/strict';
import type { Backend, Gpu } from '#protocol';
import { chooseGpuBackend } from '../../../server/src/gpu-choice';
import { noReadings, unknownGpu } from '../../../server/src/telemetry/nvml-readings';

function gpu(index: number, vendor: Gpu['vendor'], more: Partial<Gpu> = {}): Gpu {
  return { index, ...unknownGpu, name: `${vendor}-${index}`, vendor, status: 'ok', ...noReadings, ...more };
}

const amd = gpu(0, 'amd');
const nvidia = gpu(1, 'nvidia', { uuid: 'GPU-1' });
const asleep: Partial<Gpu> = { status: 'asleep' };
const everything: Backend[] = ['cuda', 'vulkan', 'cpu'];

describe('host: one backend for the GPUs', () => {
  const cases: [
    what: string,
    gpus: Gpu[],
    /** that lack nothing */
    complete: Backend[],
    visible: string | undefined,
    backend: Backend,
    usable: string[],
    asked: string | null,
  ][] = [
    ['CUDA, and so none of AMD', [amd, nvidia], everything, undefined, 'cuda', ['nvidia-1'], 'nvidia-1'],
    [
      'Vulkan for all without CUDA',
      [amd, nvidia],
      ['vulkan'],
      undefined,
      'vulkan',
      ['amd-0', 'nvidia-1'],
      'amd-0',
    ],
    ['Vulkan where there is AMD alone', [amd], everything, undefined, 'vulkan', ['amd-0'], 'amd-0'],
    ['none where all is missing', [amd, nvidia], [], undefined, 'cpu', [], null],
    [
      'CUDA where NVIDIA sleeps: it will wake',
      [amd, gpu(1, 'nvidia', asleep)],
      everything,
      undefined,
      'cuda',
      ['nvidia-1'],
      null,
    ],
    [
      'Vulkan where NVIDIA is lost',
      [amd, gpu(1, 'nvidia', { status: 'lost' })],
      everything,
      undefined,
      'vulkan',
      ['amd-0', 'nvidia-1'],
      'amd-0',
    ],
    ['Vulkan where NVIDIA is hidden', [amd, nvidia], everything, '', 'vulkan', ['amd-0'], 'amd-0'],
    ['the one that is left', [nvidia, gpu(2, 'nvidia')], everything, '1', 'cuda', ['nvidia-2'], 'nvidia-2'],
    [
      'the one that is not divided is asked',
      [gpu(1, 'nvidia', { mig_enabled: true }), gpu(2, 'nvidia')],
      everything,
      undefined,
      'cuda',
      ['nvidia-1', 'nvidia-2'],
      'nvidia-2',
    ],
  ];
  for (const [what, gpus, complete, visible, backend, usable, asked] of cases)
    it(what, () => {
      const choice = chooseGpuBackend({
        gpus,
        backends: everything,
        requested: undefined,
        visible,
        lack: (name) => (complete.includes(name) ? null : `${name}: not found`),
      });
      assert.equal(choice.backend, backend);
      assert.deepEqual(
        gpus.filter((one) => choice.obstacle(one) === null).map(({ name }) => name),
        usable,
      );
      assert.equal(choice.asked?.name ?? null, asked);
    });

  const reasons: [what: string, backends: Backend[], complete: Backend[], says: RegExp][] = [
    ['another backend', everything, everything, /computes with CUDA here.*VRAMESH_BACKEND=vulkan/],
    ['what is missing for it', everything, ['cuda'], /^llama.cpp cannot use it: vulkan: not found$/],
    ['the wish of the user', ['cpu'], everything, /to use the CPU \(VRAMESH_BACKEND is "cpu"\)/],
  ];
  for (const [what, backends, complete, says] of reasons)
    it(`the reason: ${what}`, () => {
      const { obstacle } = chooseGpuBackend({
        gpus: [amd, nvidia],
        backends,
        requested: 'cpu',
        visible: undefined,
        lack: (name) => (complete.includes(name) ? null : `${name}: not found`),
      });
      assert.match(obstacle(amd) ?? '', says);
    });
});
