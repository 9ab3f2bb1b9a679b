import assert from 'node:assert/strict';
import type { Backend } from '#protocol';
import type { LoadPlan } from '../../../server/src/inference/gpu-environment';
import { backendLines, backendsFor, noteOn } from '../../../server/src/inference/load-plan';

const gpu = { index: 0, uuid: null };
const whole: LoadPlan = { gpuLayers: 25, gpus: [gpu] };
const onCpu: LoadPlan = { gpuLayers: 0, gpus: [] };
const shards = [{ socket: '/run/1', layers: [9] }];
const beside: LoadPlan = { gpuLayers: 25, gpus: [gpu], split: { shards, gpuLayers: [16] } };
const elsewhere: LoadPlan = { gpuLayers: 9, gpus: [], split: { shards, gpuLayers: [] } };
const all: Backend[] = ['cuda', 'vulkan', 'cpu'];

describe('a plan, backend after backend', () => {
  const cases: [what: string, LoadPlan, Backend[], expected: Backend[]][] = [
    [
      'on a GPU: every backend but the CPU, which was not asked whether it has room',
      whole,
      all,
      ['cuda', 'vulkan'],
    ],
    ['some layers on a GPU', { ...whole, gpuLayers: 7 }, ['cuda', 'cpu'], ['cuda']],
    ['on the CPU: no GPU backend at all', onCpu, all, ['cpu']],
    ['no layer on a GPU', { ...whole, gpuLayers: 0 }, all, ['cpu']],
    ['a GPU, and no backend for it', whole, ['cpu'], []],
    ['nothing to try', onCpu, ['metal'], []],
    ['shards beside a GPU: one try, since they wait for one engine', beside, all, ['cuda']],
    ['shards beside the CPU: their layers are no matter of the backend here', elsewhere, all, ['cpu']],
  ];
  for (const [what, plan, backends, expected] of cases)
    it(what, () => assert.deepEqual(backendsFor(plan, backends), expected));
});

describe('what the user is told about the load', () => {
  const cases: [
    what: string,
    reached: Backend,
    LoadPlan,
    Backend[],
    cudaExpected: boolean,
    note: RegExp | null,
    warning: string | null,
  ][] = [
    ['all is well on CUDA', 'cuda', whole, all, true, null, null],
    ['all is well on Metal', 'metal', whole, ['metal', 'cpu'], false, null, null],
    ['planned for the CPU', 'cpu', onCpu, all, true, null, null],
    ['planned for the CPU, no GPU here', 'cpu', onCpu, ['cpu'], false, null, null],
    [
      'Vulkan for CUDA',
      'vulkan',
      whole,
      all,
      true,
      /CUDA is not available.*Vulkan, slower/,
      'Warning: GPU detected but the CUDA backend is not available, using Vulkan',
    ],
    [
      'the CPU, after CUDA could not be used',
      'cpu',
      onCpu,
      ['cpu'],
      true,
      /CUDA is not available.*the CPU, slower/,
      'Warning: GPU detected but the CUDA backend is not available, using CPU',
    ],
    [
      'a GPU whose driver is too old for CUDA',
      'cpu',
      onCpu,
      ['cpu'],
      true,
      /CUDA is not available/,
      'Warning: GPU detected but the CUDA backend is not available, using CPU',
    ],
    ['shards and the CPU, as planned', 'cpu', elsewhere, all, true, null, null],
    [
      'shards, and Vulkan for CUDA',
      'vulkan',
      beside,
      ['vulkan'],
      true,
      /CUDA is not available.*Vulkan, slower/,
      'Warning: GPU detected but the CUDA backend is not available, using Vulkan',
    ],
  ];
  for (const [what, backend, plan, backends, cudaExpected, note, warning] of cases)
    it(what, () => {
      const reached = { backend, backends, plan, cudaExpected };
      if (note === null) assert.equal(noteOn(reached), null);
      else assert.match(noteOn(reached) ?? '', note);
      assert.equal(backendLines(reached).warning, warning);
    });

  it('names the backend in the log', () => {
    const reached = { backend: 'cuda', backends: all, plan: whole, cudaExpected: true } as const;
    assert.equal(backendLines(reached).info, 'Using llama.cpp CUDA backend');
  });
});
