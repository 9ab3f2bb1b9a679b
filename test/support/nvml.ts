/**
 * The stand-in NVML for tests: builds the C library, and hands out and changes its scenarios. A host that is started with
 * `nvmlEnvironment(scenario)` sees the GPUs of that scenario.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const fixtures = path.resolve('test/fixtures/nvml');
const source = path.join(fixtures, 'nvml_standin.c');
const built = path.resolve('dist/test/nvml');

/** Which functions the library has: all, none that end in `_v3` (driver 535.98), or those of driver 415. */
const variants = { current: [], without_v3: ['-DWITHOUT_V3'], old: ['-DOLD_DRIVER'] };
export type NvmlVariant = keyof typeof variants;

/** Path of the built library. Throws when there is no C compiler. */
export function buildNvml(variant: NvmlVariant = 'current'): string {
  const library = path.join(built, `nvml-${variant}.so`);
  if (existsSync(library) && statSync(library).mtimeMs > statSync(source).mtimeMs) return library;
  mkdirSync(built, { recursive: true });
  // Another test process may be building the same: each makes its own file, the last one stays.
  const unfinished = `${library}.${process.pid}`;
  const flags = ['-shared', '-fPIC', '-O1', '-fvisibility=hidden', '-pthread', ...variants[variant]];
  try {
    execFileSync('cc', [...flags, '-o', unfinished, source], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const hint =
      'The NVML stand-in cannot be built. It needs a C compiler, "cc" (in Debian: build-essential).';
    throw new Error(`${hint} ${error instanceof Error ? error.message : error}`);
  }
  renameSync(unfinished, library);
  return library;
}

/** Path of a scenario that lies in test/fixtures/nvml/scenarios, by its name without ".txt". */
export function scenarioPath(name: string): string {
  return path.join(fixtures, 'scenarios', `${name}.txt`);
}

/** Text of a scenario, to be changed and written elsewhere. */
export function readScenario(name: string): string {
  return readFileSync(scenarioPath(name), 'utf8');
}

/** Writes a scenario in one step: the library never reads half of it. */
export function writeScenario(file: string, text: string | Buffer): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** The scenario with more lines about one GPU: a later line wins over an earlier one. */
export function changeGpu(scenario: string, index: number, ...lines: string[]): string {
  const [head = '', ...gpus] = scenario.split(/^gpu$/m);
  return [
    head,
    ...gpus.map((gpu, i) => (i === index ? `${gpu.trimEnd()}\n${lines.join('\n')}\n` : gpu)),
  ].join('gpu');
}

/** Environment of a host that is to see the GPUs of a scenario. */
export interface NvmlEnvironment extends Record<string, string> {
  VRAMESH_NVML_LIBRARY: string;
  VRAMESH_TEST_NVML_SCENARIO: string;
}

export function nvmlEnvironment(scenario: string, variant?: NvmlVariant): NvmlEnvironment {
  return { VRAMESH_NVML_LIBRARY: buildNvml(variant), VRAMESH_TEST_NVML_SCENARIO: scenario };
}
