/**
 * One device handle, asked call by call. What the device, the driver or the board does not tell is `null`; only a GPU
 * that is gone ends the asking, with `GpuLost`.
 */
import * as nvml from './nvml-codes';
import type { NvmlArgument, NvmlFunction, NvmlLibrary } from './nvml-library';

/** The driver can no longer reach the GPU. The message says which call answered what. */
export class GpuLost extends Error {}

/** Codes after which no further question makes sense, from any call … */
const lostCodes = new Set([nvml.GPU_IS_LOST, nvml.RESET_REQUIRED]);
/** … and from the call for memory, which a GPU that is there can answer or not support, but not fail. */
const deadCodes = new Set([
  nvml.UNINITIALIZED,
  nvml.INVALID_ARGUMENT,
  nvml.IRQ_ISSUE,
  nvml.OPERATING_SYSTEM,
  nvml.GPU_NOT_FOUND,
  nvml.UNKNOWN,
]);

// One buffer for every answer: calls are made one after the other, and each answer is taken out at once.
const out = Buffer.alloc(256);
const outSecond = out.subarray(4);

// Where the numbers are in NVML's structs. The second memory struct begins with its own size and version.
const memoryV2 = { version: 40 | (2 << 24), total: 8, reserved: 16, free: 24, used: 32 };
const memoryV1 = { total: 0, free: 8, used: 16 };
const pci = { domain: 16, bus: 20, device: 24 };

export interface Memory {
  total: number | null;
  free: number | null;
  used: number | null;
  reserved: number | null;
}

export interface NvmlDevice {
  readonly handle: bigint;
  /** The code of a call about this device, for calls that none of the others fits. */
  ask(name: NvmlFunction, ...args: NvmlArgument[]): number;
  uint(name: NvmlFunction, ...selectors: number[]): number | null;
  pair(name: NvmlFunction): [number, number] | null;
  count(name: NvmlFunction, ...selectors: number[]): number | null;
  text(name: NvmlFunction): string | null;
  utilisation(): [gpu: number, memory: number] | null;
  throttleMask(): bigint | null;
  /** Bytes. Also the proof of life: a GPU that fails here is lost. */
  memory(): Memory;
  /** As the kernel writes it ("0000:01:00.0"): NVML's own text has a longer domain. */
  busId(): string | null;
}

export function createNvmlDevice(library: NvmlLibrary, handle: bigint): NvmlDevice {
  function ask(name: NvmlFunction, ...args: NvmlArgument[]): number {
    const code = library.call(name, handle, ...args);
    if (lostCodes.has(code)) throw new GpuLost(`${name} answered ${code}`);
    return code;
  }

  const succeeds = (name: NvmlFunction, ...args: NvmlArgument[]) => ask(name, ...args) === nvml.SUCCESS;

  function mask(name: NvmlFunction): bigint | null {
    return succeeds(name, out) ? out.readBigUInt64LE(0) : null;
  }

  function pairIn(): [number, number] {
    return [out.readUInt32LE(0), out.readUInt32LE(4)];
  }

  return {
    handle,
    ask,
    uint(name, ...selectors) {
      if (!succeeds(name, ...selectors, out)) return null;
      const value = out.readUInt32LE(0);
      return value === 0xffffffff ? null : value;
    },
    pair: (name) => (succeeds(name, out, outSecond) ? pairIn() : null),
    count: (name, ...selectors) => (succeeds(name, ...selectors, out) ? countAt(out, 0) : null),
    text: (name) => (succeeds(name, out, out.length) ? textIn(out) : null),
    utilisation: () => (succeeds('nvmlDeviceGetUtilizationRates', out) ? pairIn() : null),
    throttleMask: () =>
      mask('nvmlDeviceGetCurrentClocksEventReasons') ?? mask('nvmlDeviceGetCurrentClocksThrottleReasons'),
    memory() {
      out.writeUInt32LE(memoryV2.version, 0);
      if (succeeds('nvmlDeviceGetMemoryInfo_v2', out)) return memoryIn(memoryV2, memoryV2.reserved);
      const code = ask('nvmlDeviceGetMemoryInfo', out);
      if (deadCodes.has(code)) throw new GpuLost(`nvmlDeviceGetMemoryInfo answered ${code}`);
      return code === nvml.SUCCESS ? memoryIn(memoryV1, null) : noMemory;
    },
    busId() {
      if (!succeeds('nvmlDeviceGetPciInfo_v3', out)) return null;
      const hex = (offset: number, digits: number) =>
        out.readUInt32LE(offset).toString(16).padStart(digits, '0');
      return `${hex(pci.domain, 4)}:${hex(pci.bus, 2)}:${hex(pci.device, 2)}.0`;
    },
  };
}

const noMemory: Memory = { total: null, free: null, used: null, reserved: null };

function memoryIn(at: { total: number; free: number; used: number }, reserved: number | null): Memory {
  return {
    total: countAt(out, at.total),
    free: countAt(out, at.free),
    used: countAt(out, at.used),
    reserved: reserved === null ? null : countAt(out, reserved),
  };
}

/** A C string in UTF-8; empty is unknown. Bytes that are not UTF-8 become the replacement character. */
export function textIn(buffer: Buffer): string | null {
  const end = buffer.indexOf(0);
  return buffer.toString('utf8', 0, end < 0 ? buffer.length : end).trim() || null;
}

/** A 64-bit number; all bits set is NVML's "not available". */
export function countAt(buffer: Buffer, offset: number): number | null {
  const value = Number(buffer.readBigUInt64LE(offset));
  return Number.isSafeInteger(value) ? value : null;
}
