/**
 * NVML as a table of C functions, called in-process. A function that this driver does not have answers with NVML's own
 * "function not found", so that callers know one kind of failure: a return code.
 */
import type { KoffiFunc, LibraryHandle } from 'koffi';
import { FUNCTION_NOT_FOUND } from './nvml-codes';

/** Parameters as nvml.h declares them, with `uintptr_t` for a device handle and `void *` for memory that NVML fills. */
const prototypes = {
  nvmlInit_v2: 'void',
  nvmlShutdown: 'void',
  nvmlSystemGetDriverVersion: 'void *version, uint length',
  nvmlSystemGetCudaDriverVersion_v2: 'void *version',
  nvmlSystemGetCudaDriverVersion: 'void *version',
  nvmlSystemGetProcessName: 'uint pid, void *name, uint length',
  nvmlDeviceGetCount_v2: 'void *count',
  nvmlDeviceGetHandleByIndex_v2: 'uint index, void *device',
  nvmlDeviceGetHandleByUUID: 'const char *uuid, void *device',
  nvmlDeviceGetName: 'uintptr_t device, void *name, uint length',
  nvmlDeviceGetUUID: 'uintptr_t device, void *uuid, uint length',
  nvmlDeviceGetPciInfo_v3: 'uintptr_t device, void *pci',
  nvmlDeviceGetMemoryInfo_v2: 'uintptr_t device, void *memory',
  nvmlDeviceGetMemoryInfo: 'uintptr_t device, void *memory',
  nvmlDeviceGetTemperature: 'uintptr_t device, int sensor, void *celsius',
  nvmlDeviceGetTemperatureThreshold: 'uintptr_t device, int threshold, void *celsius',
  nvmlDeviceGetPowerUsage: 'uintptr_t device, void *milliwatts',
  nvmlDeviceGetEnforcedPowerLimit: 'uintptr_t device, void *milliwatts',
  nvmlDeviceGetUtilizationRates: 'uintptr_t device, void *rates',
  nvmlDeviceGetClockInfo: 'uintptr_t device, int clock, void *mhz',
  nvmlDeviceGetMaxClockInfo: 'uintptr_t device, int clock, void *mhz',
  nvmlDeviceGetFanSpeed: 'uintptr_t device, void *percent',
  nvmlDeviceGetPerformanceState: 'uintptr_t device, void *state',
  nvmlDeviceGetCurrentClocksEventReasons: 'uintptr_t device, void *mask',
  nvmlDeviceGetCurrentClocksThrottleReasons: 'uintptr_t device, void *mask',
  nvmlDeviceGetCurrPcieLinkGeneration: 'uintptr_t device, void *generation',
  nvmlDeviceGetMaxPcieLinkGeneration: 'uintptr_t device, void *generation',
  nvmlDeviceGetCurrPcieLinkWidth: 'uintptr_t device, void *lanes',
  nvmlDeviceGetMaxPcieLinkWidth: 'uintptr_t device, void *lanes',
  nvmlDeviceGetPcieThroughput: 'uintptr_t device, int counter, void *kib_per_second',
  nvmlDeviceGetCudaComputeCapability: 'uintptr_t device, void *major, void *minor',
  nvmlDeviceGetMemoryBusWidth: 'uintptr_t device, void *bits',
  nvmlDeviceGetEccMode: 'uintptr_t device, void *current, void *pending',
  nvmlDeviceGetTotalEccErrors: 'uintptr_t device, int type, int counter, void *count',
  nvmlDeviceGetMigMode: 'uintptr_t device, void *current, void *pending',
  nvmlDeviceGetComputeRunningProcesses_v3: 'uintptr_t device, void *count, void *processes',
  nvmlDeviceGetComputeRunningProcesses_v2: 'uintptr_t device, void *count, void *processes',
  nvmlDeviceGetComputeRunningProcesses: 'uintptr_t device, void *count, void *processes',
  nvmlDeviceGetGraphicsRunningProcesses_v3: 'uintptr_t device, void *count, void *processes',
  nvmlDeviceGetGraphicsRunningProcesses_v2: 'uintptr_t device, void *count, void *processes',
  nvmlDeviceGetGraphicsRunningProcesses: 'uintptr_t device, void *count, void *processes',
} as const;

export type NvmlFunction = keyof typeof prototypes;
export type NvmlArgument = number | bigint | string | Buffer;
type Bound = KoffiFunc<(...args: NvmlArgument[]) => number>;

export interface NvmlLibrary {
  /** Calls a function on this thread and returns NVML's code. */
  call(name: NvmlFunction, ...args: NvmlArgument[]): number;
  /** The same on another thread, for calls that sleep inside the driver. Buffers must stay untouched until it ends. */
  callAside(name: NvmlFunction, ...args: NvmlArgument[]): Promise<number>;
}

/** Where the library is looked for, in order; the system's loader searches its own folders for a bare name. */
export function libraryCandidates(chosen: string | undefined, platform: NodeJS.Platform): string[] {
  if (chosen) return [chosen];
  if (platform === 'linux') return ['libnvidia-ml.so.1', '/usr/lib/wsl/lib/libnvidia-ml.so.1'];
  if (platform !== 'win32') return [];
  const { SystemRoot = 'C:\\Windows', ProgramFiles = 'C:\\Program Files' } = process.env;
  return [`${SystemRoot}\\System32\\nvml.dll`, `${ProgramFiles}\\NVIDIA Corporation\\NVSMI\\nvml.dll`];
}

/** Loads the first candidate that can be loaded. Throws the loader's error about the first one. */
export function loadNvml(candidates: readonly string[]): NvmlLibrary {
  // Loading koffi costs milliseconds and memory: only a machine that may have NVML pays for it.
  const koffi: typeof import('koffi') = require('koffi');
  const failures: unknown[] = [];
  for (const path of candidates) {
    try {
      return bind(koffi.load(path));
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0] ?? new Error('NVML does not exist for this operating system');
}

function bind(library: LibraryHandle): NvmlLibrary {
  const functions = new Map<NvmlFunction, Bound | null>();

  function find(name: NvmlFunction): Bound | null {
    let found = functions.get(name);
    if (found === undefined) {
      found = lookUp(name);
      functions.set(name, found);
    }
    return found;
  }

  function lookUp(name: NvmlFunction): Bound | null {
    try {
      return library.func(`int ${name}(${prototypes[name]})`);
    } catch {
      return null; // Drivers differ in what they export.
    }
  }

  return {
    call: (name, ...args) => find(name)?.(...args) ?? FUNCTION_NOT_FOUND,
    callAside: (name, ...args) =>
      new Promise((resolve, reject) => {
        const target = find(name);
        if (!target) resolve(FUNCTION_NOT_FOUND);
        else target.async(...args, (error: unknown, code: number) => (error ? reject(error) : resolve(code)));
      }),
  };
}
