import assert from 'node:assert/strict';
import type { Backend } from '#protocol';
import { type BackendFacts, chooseBackends } from '../../../server/src/inference/backends';

const nvidia: BackendFacts = {
  requested: undefined,
  nvidiaGpu: true,
  driverVersion: '535.183.01',
  otherGpu: false,
  platform: 'linux',
};
const none: BackendFacts = { ...nvidia, nvidiaGpu: false, driverVersion: null };

describe('choosing backends', () => {
  const cases: [
    what: string,
    facts: BackendFacts,
    backends: Backend[],
    cudaExpected: boolean,
    warning?: RegExp,
  ][] = [
    ['an NVIDIA GPU', nvidia, ['cuda', 'vulkan', 'cpu'], true],
    ['no GPU', none, ['cpu'], false],
    ['another vendor’s GPU', { ...none, otherGpu: true }, ['vulkan', 'cpu'], false],
    [
      'an old driver',
      { ...nvidia, driverVersion: '470.42' },
      ['vulkan', 'cpu'],
      true,
      /470\.42 .*525 or newer/,
    ],
    ['a driver of unknown version', { ...nvidia, driverVersion: null }, ['cuda', 'vulkan', 'cpu'], true],
    ['a Mac', { ...none, platform: 'darwin' }, ['metal', 'cpu'], false],
    ['Windows with an NVIDIA GPU', { ...nvidia, platform: 'win32' }, ['cuda', 'vulkan', 'cpu'], true],
    ['auto, spelled out', { ...nvidia, requested: ' Auto ' }, ['cuda', 'vulkan', 'cpu'], true],
    ['the CPU wished for', { ...nvidia, requested: 'cpu' }, ['cpu'], false],
    ['CUDA wished for', { ...nvidia, requested: 'CUDA' }, ['cuda', 'cpu'], true],
    ['Vulkan wished for', { ...nvidia, requested: 'vulkan' }, ['vulkan', 'cpu'], false],
    [
      'CUDA without a GPU',
      { ...none, requested: 'cuda' },
      ['cpu'],
      false,
      /"cuda", but no NVIDIA GPU was found/,
    ],
    ['Vulkan without a GPU', { ...none, requested: 'vulkan' }, ['cpu'], false, /no GPU was found/],
    ['Metal on Linux', { ...nvidia, requested: 'metal' }, ['cpu'], false, /Metal is for macOS/],
  ];
  for (const [what, facts, backends, cudaExpected, warning] of cases)
    it(`${what}: ${backends.join(', ')}`, () => {
      const choice = chooseBackends(facts);
      assert.deepEqual(choice.backends, backends);
      assert.equal(choice.cudaExpected, cudaExpected);
      if (warning === undefined) assert.deepEqual(choice.warnings, []);
      else assert.match(choice.warnings.join('\n'), warning);
    });

  it('names the possible values when it was asked for something else', () => {
    assert.throws(() => chooseBackends({ ...nvidia, requested: 'rocm' }), {
      name: 'LoadError',
      message: 'VRAMESH_BACKEND is "rocm". Set it to auto, cuda, vulkan, metal or cpu.',
    });
  });
});
