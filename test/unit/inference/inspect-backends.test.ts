import assert from 'node:assert/strict';
import type { Check } from '#protocol';
import type { BackendFacts } from '../../../server/src/inference/backends';
import { inspectBackends } from '../../../server/src/inference/inspect-backends';

const facts = {
  requested: undefined,
  nvidiaGpu: true,
  driverVersion: '580.65.06',
  otherGpu: false,
  platform: 'linux',
  arch: 'x64',
} satisfies BackendFacts & { arch: string };
const cuda13 = ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13'];
const cuda12 = ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12'];

function inspect(changes: Partial<BackendFacts>, libraries: string[]): Map<string, Check> {
  const find = (name: string) => (libraries.includes(name) ? { folder: '/usr/lib', loadable: true } : null);
  return new Map(
    inspectBackends({ ...facts, ...changes }, find, () => true).map((check) => [check.name, check]),
  );
}

describe('doctor on backends', () => {
  const cuda: [
    what: string,
    Partial<BackendFacts>,
    libraries: string[],
    status: Check['status'],
    says: RegExp,
  ][] = [
    ['CUDA 13 complete', {}, cuda13, 'ok', /CUDA 13 runtime found/],
    ['CUDA 12 on a new driver', {}, cuda12, 'ok', /CUDA 12 runtime found/],
    ['CUDA 12 on a driver of its time', { driverVersion: '535.1' }, cuda12, 'ok', /CUDA 12 runtime found/],
    [
      'CUDA 13 on a driver for 12',
      { driverVersion: '535.1' },
      cuda13,
      'warning',
      /libcudart\.so\.12.*vramesh runtime install/,
    ],
    ['only the driver', {}, [], 'warning', /libcudart\.so\.13.*libcublasLt\.so\.12.*Install.*CUDA/],
    [
      'cuBLAS missing',
      {},
      ['libcudart.so.13'],
      'warning',
      /not found: libcublas\.so\.13, libcublasLt\.so\.13.*Install CUDA Runtime/,
    ],
    ['an old driver', { driverVersion: '470.42' }, cuda13, 'warning', /470\.42 is too old.*525 or newer/],
    ['no NVIDIA GPU', { nvidiaGpu: false }, [], 'ok', /no NVIDIA GPU/],
    [
      'Windows',
      { platform: 'win32' },
      ['cudart64_12.dll', 'cublas64_12.dll', 'cublasLt64_12.dll'],
      'ok',
      /CUDA 12/,
    ],
  ];
  for (const [what, changes, libraries, status, says] of cuda)
    it(`CUDA, ${what}: ${status}`, () => {
      const check = inspect(changes, libraries).get('CUDA backend');
      assert.equal(check?.status, status);
      assert.match(`${check?.detail} ${check?.advice ?? ''}`, says);
    });

  it('tells how to get Vulkan where a GPU is there without it', () => {
    const missing = inspect({}, []).get('Vulkan backend');
    assert.equal(missing?.status, 'warning');
    assert.match(missing?.advice ?? '', /libvulkan1/);
    assert.equal(inspect({}, ['libvulkan.so.1']).get('Vulkan backend')?.status, 'ok');
  });

  it('a Mac has Metal', () => {
    assert.deepEqual(
      [...inspect({ platform: 'darwin', nvidiaGpu: false }, []).keys()],
      ['Metal backend', 'CPU backend'],
    );
  });
});
