/**
 * The processes that hold memory on a device. NVML lists compute and graphics apart, in a struct whose size depends on
 * the symbol and, in two releases, on the driver. A process in both lists is one process with one amount of memory.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GpuProcess } from '#protocol';
import { FUNCTION_NOT_FOUND, INSUFFICIENT_SIZE, SUCCESS } from './nvml-codes';
import { countAt, type NvmlDevice, textIn } from './nvml-device';
import type { NvmlFunction, NvmlLibrary } from './nvml-library';

/** Bytes of the longest struct ever shipped: there is room for it, whatever the driver then writes. */
const longestStruct = 32;
/** A driver that wants room for more than these is not believed. */
const mostProcesses = 65_536;

export interface ProcessReader {
  /** Largest memory first; null when the driver tells neither list. Throws `GpuLost`. */
  read(device: NvmlDevice): GpuProcess[] | null;
  /** Ends a sample: the names of processes that were not seen in it are forgotten, as process ids are used again. */
  endSample(): void;
}

export function createProcessReader(library: NvmlLibrary, driverVersion: string | null): ProcessReader {
  const functions = listFunctions(driverVersion);
  const count = Buffer.alloc(4);
  const name = Buffer.alloc(1024);
  let room = Buffer.alloc(64 * longestStruct);
  let namesBefore = new Map<number, string | null>();
  let names = new Map<number, string | null>();

  function list(device: NvmlDevice, kind: 'compute' | 'graphics'): GpuProcess[] | null {
    for (const [symbol, structBytes] of functions[kind]) {
      const code = fillRoom(device, symbol);
      if (code === FUNCTION_NOT_FOUND) continue;
      if (code !== SUCCESS) return null;
      const found = Math.min(count.readUInt32LE(0), capacity());
      return Array.from({ length: found }, (_, i) => {
        const pid = room.readUInt32LE(i * structBytes);
        return { pid, name: nameOf(pid), vram_used: countAt(room, i * structBytes + 8), kind };
      });
    }
    return null;
  }

  const capacity = () => room.length / longestStruct;

  function fillRoom(device: NvmlDevice, symbol: NvmlFunction): number {
    for (;;) {
      count.writeUInt32LE(capacity());
      const code = device.ask(symbol, count, room);
      if (code !== INSUFFICIENT_SIZE || capacity() === mostProcesses) return code;
      // More than it asks for: processes come while we ask.
      const wanted = Math.max(count.readUInt32LE(0) + 32, 2 * capacity());
      room = Buffer.alloc(Math.min(wanted, mostProcesses) * longestStruct);
    }
  }

  function nameOf(pid: number): string | null {
    const known = names.get(pid) ?? namesBefore.get(pid);
    const found = known === undefined ? askName(pid) : known;
    names.set(pid, found);
    return found;
  }

  function askName(pid: number): string | null {
    const code = library.call('nvmlSystemGetProcessName', pid, name, name.length);
    const command = code === SUCCESS ? textIn(name) : null;
    return command === null ? kernelName(pid) : executableName(command);
  }

  return {
    read(device) {
      const compute = list(device, 'compute');
      const graphics = list(device, 'graphics');
      return compute || graphics ? mergeByPid([...(compute ?? []), ...(graphics ?? [])]) : null;
    },
    endSample() {
      namesBefore = names;
      names = new Map();
    },
  };
}

type ListFunction = readonly [symbol: NvmlFunction, structBytes: number];

/** From the newest; the first that the driver has is used. */
function listFunctions(driverVersion: string | null): Record<'compute' | 'graphics', ListFunction[]> {
  // The first 535 drivers shipped a longer struct under the name `_v3`; 535.98 took the name away, 535.104 mended it.
  const [major, minor = 0] = (driverVersion ?? '').split('.').map(Number);
  const v3 = major === 535 && minor < 98 ? 32 : 24;
  return {
    compute: [
      ['nvmlDeviceGetComputeRunningProcesses_v3', v3],
      ['nvmlDeviceGetComputeRunningProcesses_v2', 24],
      ['nvmlDeviceGetComputeRunningProcesses', 16],
    ],
    graphics: [
      ['nvmlDeviceGetGraphicsRunningProcesses_v3', v3],
      ['nvmlDeviceGetGraphicsRunningProcesses_v2', 24],
      ['nvmlDeviceGetGraphicsRunningProcesses', 16],
    ],
  };
}

function mergeByPid(entries: readonly GpuProcess[]): GpuProcess[] {
  const merged = new Map<number, GpuProcess>();
  for (const entry of entries) {
    const other = merged.get(entry.pid);
    merged.set(entry.pid, other ? { ...entry, ...together(other, entry) } : entry);
  }
  return [...merged.values()].sort((a, b) => (b.vram_used ?? -1) - (a.vram_used ?? -1));
}

function together(a: GpuProcess, b: GpuProcess): Pick<GpuProcess, 'vram_used' | 'kind'> {
  const known = [a.vram_used, b.vram_used].filter((used) => used !== null);
  return { vram_used: known.length ? Math.max(...known) : null, kind: a.kind === b.kind ? a.kind : 'both' };
}

/** The driver gives a path, on Linux with the arguments behind it. */
function executableName(command: string): string {
  return command.includes('\\')
    ? path.win32.basename(command)
    : path.posix.basename(command.split(' ', 1)[0] ?? command);
}

function kernelName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
