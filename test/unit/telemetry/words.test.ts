import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import { detectedLine } from '../../../server/src/telemetry/changes';
import { throttleWords } from '../../../server/src/telemetry/nvml-codes';
import { noReadings, unknownGpu } from '../../../server/src/telemetry/nvml-readings';
import { initProblem, libraryProblem } from '../../../server/src/telemetry/problems';

describe('words about GPUs', () => {
  const GIB = 1024 ** 3;
  const lines: [name: string, vendor: Gpu['vendor'], vram: number | null, line: string][] = [
    ['NVIDIA GeForce RTX 3050', 'nvidia', 8 * GIB, 'GPU detected: NVIDIA GeForce RTX 3050 (8 GB VRAM)'],
    ['GeForce GTX TITAN', 'nvidia', 12_883_853_312, 'GPU detected: NVIDIA GeForce GTX TITAN (12 GB VRAM)'],
    ['NVIDIA H100 80GB HBM3', 'nvidia', 85_520_809_984, 'GPU detected: NVIDIA H100 80GB HBM3 (80 GB VRAM)'],
    ['GeForce 210', 'nvidia', 256 * 1024 ** 2, 'GPU detected: NVIDIA GeForce 210 (256 MB VRAM)'],
    ['NVIDIA GB10', 'nvidia', null, 'GPU detected: NVIDIA GB10'],
    ['AMD GPU 0x744c', 'amd', 24 * GIB, 'GPU detected: AMD GPU 0x744c (24 GB VRAM)'],
  ];
  for (const [name, vendor, vram_total, line] of lines) {
    it(`announces ${name}`, () => {
      const gpu: Gpu = { ...unknownGpu, ...noReadings, index: 0, status: 'ok', name, vendor, vram_total };
      assert.equal(detectedLine(gpu), line);
    });
  }

  const masks: [mask: bigint, words: string[]][] = [
    [0n, []],
    [1n, ['idle']],
    [0x24n, ['software power cap', 'software thermal slowdown']],
    [0xc8n, ['hardware slowdown', 'hardware thermal slowdown', 'hardware power brake']],
    [0x8000_0000_0000_0001n, ['idle', 'unknown (0x8000000000000000)']],
  ];
  for (const [mask, words] of masks) {
    it(`says what throttle mask 0x${mask.toString(16)} means`, () =>
      assert.deepEqual(throttleWords(mask), words));
  }

  const problems: [problem: string, cause: RegExp, advice: RegExp][] = [
    [initProblem(9, 'linux'), /installed but not loaded/, /modprobe nvidia/],
    [initProblem(9, 'win32'), /not running/, /Restart/],
    [initProblem(18, 'linux'), /different versions/, /Restart the machine, or unload/],
    [initProblem(18, 'win32'), /different versions/, /Restart the machine\.$/],
    [initProblem(4, 'linux'), /may not use/, /\/dev\/nvidiactl/],
    [initProblem(15, 'linux'), /fallen off the bus/, /power and seating/],
    [initProblem(999, 'linux'), /NVML error 999/, /nvidia-smi/],
    [
      libraryProblem(new Error('no such file'), '/a/nvml.so', null, 'linux'),
      /\/a\/nvml\.so.*no such file/,
      /unset/,
    ],
    [libraryProblem(new Error('wrong ELF class'), undefined, true, 'linux'), /has an NVIDIA GPU.*ELF/, /525/],
    [libraryProblem(new Error('not found'), undefined, null, 'win32'), /not found/, /If this machine has/],
  ];
  for (const [problem, cause, advice] of problems) {
    it(`explains: ${problem.slice(0, 60)}…`, () => {
      assert.match(problem, cause);
      assert.match(problem, advice);
    });
  }
});
