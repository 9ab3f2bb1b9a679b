import assert from 'node:assert/strict';
import type { Backend, LoadedModel, LoadFailure } from '#protocol';
import { backendLines, firstAttempt, nextAttempt, noteOn } from '../../../server/src/inference/load-plan';

/** The attempts that are made when each fails for its reason. */
function attempts(backends: Backend[], reasons: LoadFailure[]): string[] {
  const made: string[] = [];
  let attempt = firstAttempt(backends);
  for (const reason of reasons) {
    if (attempt === null) break;
    made.push(`${attempt.backend} ${attempt.offload}`);
    attempt = nextAttempt(backends, attempt, reason);
  }
  return made.concat(attempt === null ? 'give up' : `${attempt.backend} ${attempt.offload}`);
}

const all: Backend[] = ['cuda', 'vulkan', 'cpu'];

describe('loading, attempt after attempt', () => {
  const cases: [what: string, Backend[], LoadFailure[], expected: string[]][] = [
    ['a missing backend: the next one', all, ['backend', 'backend'], ['cuda 1', 'vulkan 1', 'cpu 0']],
    [
      'too little VRAM: fewer layers, then the CPU',
      all,
      ['memory', 'memory', 'memory', 'memory'],
      ['cuda 1', 'cuda 0.75', 'cuda 0.5', 'cuda 0.25', 'cpu 0'],
    ],
    [
      'no memory on the CPU: give up',
      all,
      ['backend', 'backend', 'memory'],
      ['cuda 1', 'vulkan 1', 'cpu 0', 'give up'],
    ],
    ['a bad file: give up at once', all, ['model'], ['cuda 1', 'give up']],
    ['without a CPU to fall back to', ['metal'], ['backend'], ['metal 1', 'give up']],
    ['nothing to try', [], [], ['give up']],
  ];
  for (const [what, backends, reasons, expected] of cases)
    it(what, () => {
      assert.deepEqual(attempts(backends, reasons), expected);
    });
});

describe('what the user is told about the load', () => {
  const model: LoadedModel = {
    architecture: 'llama',
    devices: [],
    layers: 24,
    layers_on_gpu: 24,
    context_size: 4096,
    trained_context_size: 32768,
    batch_size: 512,
    sequences: 4,
    threads: 1,
    fim: null,
  };
  const onCpu = { ...model, layers_on_gpu: 0 };
  const note = (
    backend: Backend,
    loaded: LoadedModel,
    lastFailure: LoadFailure | null,
    cudaExpected: boolean,
  ) =>
    noteOn({ attempt: { backend, offload: 1 }, model: loaded, lastFailure, cudaExpected, contextSize: 4096 });

  const cases: [what: string, note: string | null, expected: RegExp | null][] = [
    ['all is well on CUDA', note('cuda', model, null, true), null],
    ['all is well on the CPU', note('cpu', onCpu, null, false), null],
    [
      'fewer layers',
      note('cuda', { ...model, layers_on_gpu: 12 }, 'memory', true),
      /^12 of 24 layers on the GPU: VRAM was short$/,
    ],
    ['Vulkan for CUDA', note('vulkan', model, 'backend', true), /CUDA is not available.*Vulkan/],
    ['the CPU for CUDA', note('cpu', onCpu, 'backend', true), /CUDA is not available.*the CPU, slower/],
    ['the CPU for want of VRAM', note('cpu', onCpu, 'memory', true), /VRAM was too short.*CPU, slower/],
    ['the CPU for Vulkan', note('cpu', onCpu, 'backend', false), /GPU could not be used/],
    ['a smaller context', note('cpu', { ...onCpu, context_size: 1024 }, null, false), /1024 instead of 4096/],
    [
      'a model made for less',
      note('cpu', { ...onCpu, context_size: 1024, trained_context_size: 1024 }, null, false),
      null,
    ],
  ];
  for (const [what, said, expected] of cases)
    it(what, () => {
      if (expected === null) assert.equal(said, null);
      else assert.match(said ?? '', expected);
    });

  const lines: [Backend, cudaExpected: boolean, info: string, warning: string | null][] = [
    ['cuda', true, 'Using llama.cpp CUDA backend', null],
    ['cpu', false, 'Using llama.cpp CPU backend', null],
    ['metal', false, 'Using llama.cpp Metal backend', null],
    [
      'cpu',
      true,
      'Using llama.cpp CPU backend',
      'Warning: GPU detected but the CUDA backend is not available, using CPU',
    ],
    [
      'vulkan',
      true,
      'Using llama.cpp Vulkan backend',
      'Warning: GPU detected but the CUDA backend is not available, using Vulkan',
    ],
  ];
  for (const [backend, cudaExpected, info, warning] of lines)
    it(`the log: ${backend}${cudaExpected ? ', CUDA expected' : ''}`, () => {
      assert.deepEqual(backendLines({ attempt: { backend, offload: 1 }, cudaExpected }), { info, warning });
    });
});
