import assert from 'node:assert/strict';
import type { Backend } from '#protocol';
import type { LoadPlan } from '../../../server/src/inference/gpu-environment';
import { attemptsFor, backendLines, noteOn } from '../../../server/src/inference/load-plan';

const gpu = { index: 0, uuid: null };
const whole: LoadPlan = { gpuLayers: 25, gpus: [gpu] };
const onCpu: LoadPlan = { gpuLayers: 0, gpus: [] };
const all: Backend[] = ['cuda', 'vulkan', 'cpu'];

describe('a plan, backend after backend', () => {
  const cases: [what: string, LoadPlan, Backend[], expected: string[]][] = [
    ['on a GPU: every backend, the CPU last', whole, all, ['cuda 25', 'vulkan 25', 'cpu 0']],
    ['some layers on a GPU', { ...whole, gpuLayers: 7 }, ['cuda', 'cpu'], ['cuda 7', 'cpu 0']],
    ['on the CPU: no GPU backend at all', onCpu, all, ['cpu 0']],
    ['no layer on a GPU', { ...whole, gpuLayers: 0 }, all, ['cpu 0']],
    ['layers, but no GPU for them', { ...whole, gpus: [] }, all, ['cpu 0']],
    ['a GPU and nothing to fall back to', whole, ['metal'], ['metal 25']],
    ['nothing to try', onCpu, ['metal'], []],
  ];
  for (const [what, plan, backends, expected] of cases)
    it(what, () => {
      const attempts = attemptsFor(plan, backends).map(({ backend, gpuLayers }) => `${backend} ${gpuLayers}`);
      assert.deepEqual(attempts, expected);
    });
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
      'the CPU for CUDA',
      'cpu',
      whole,
      all,
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
    ['the CPU for Vulkan', 'cpu', whole, ['vulkan', 'cpu'], false, /GPU could not be used/, null],
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
