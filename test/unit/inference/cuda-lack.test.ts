import assert from 'node:assert/strict';
import { type CudaLack, lackForCuda } from '../../../server/src/inference/cuda-lack';
import type { Variant } from '../../../server/src/inference/variants';

const here = {
  requested: undefined,
  nvidiaGpu: true,
  driverVersion: '580.65.06',
  otherGpu: false,
  platform: 'linux' as const,
  arch: 'x64',
};
const cuda12 = ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12'];
const cuda13 = ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13'];
const [main, addition] = ['@node-llama-cpp/linux-x64-cuda', '@node-llama-cpp/linux-x64-cuda-ext'];

function lack(machine: Partial<typeof here>, libraries: string[], variants: Variant[]): CudaLack | null {
  const find = (name: string) => (libraries.includes(name) ? { folder: '/usr/lib', loadable: true } : null);
  return lackForCuda({ ...here, ...machine }, find, (variant) => variants.includes(variant), process.cwd());
}

describe('what is fetched for CUDA', () => {
  const cases: [
    what: string,
    machine: Partial<typeof here>,
    libraries: string[],
    variants: Variant[],
    fetched: Pick<CudaLack, 'cuda' | 'packages' | 'libraries'> | null,
  ][] = [
    ['the driver alone', {}, [], [], { cuda: 13, packages: [main], libraries: cuda13 }],
    [
      'a driver of the time of CUDA 12',
      { driverVersion: '535.183.01' },
      [],
      [],
      { cuda: 12, packages: [main, addition], libraries: cuda12 },
    ],
    ['CUDA 13 installed', {}, cuda13, [], { cuda: 13, packages: [main], libraries: [] }],
    [
      'CUDA 12 installed: llama.cpp for it is less than CUDA 13',
      {},
      cuda12,
      [],
      { cuda: 12, packages: [main, addition], libraries: [] },
    ],
    [
      'a checkout, which has all variants',
      {},
      [],
      ['cuda', 'cuda-ext'],
      { cuda: 13, packages: [], libraries: cuda13 },
    ],
    [
      'one library',
      {},
      cuda13.slice(1),
      ['cuda'],
      { cuda: 13, packages: [], libraries: ['libcudart.so.13'] },
    ],
    ['nothing', {}, cuda13, ['cuda'], null],
    ['nothing, for the older CUDA', { driverVersion: '535.1' }, cuda12, ['cuda', 'cuda-ext'], null],
  ];
  for (const [what, machine, libraries, variants, fetched] of cases)
    it(what, () => {
      const found = lack(machine, libraries, variants);
      if (fetched === null) assert.equal(found, null);
      else assert.deepEqual(found, { ...fetched, version: '3.22.1' });
    });

  const refused: [what: string, machine: Partial<typeof here>, says: RegExp][] = [
    ['no GPU', { nvidiaGpu: false }, /No NVIDIA GPU was found/],
    ['an old driver', { driverVersion: '470.42' }, /470\.42 is too old: CUDA needs 525/],
    ['another processor', { arch: 'arm64' }, /For linux-arm64 nothing can be fetched/],
  ];
  for (const [what, machine, says] of refused)
    it(`${what}: says why not`, () => assert.throws(() => lack(machine, [], []), says));
});
