/** RAM, swap and CPU of this machine. */
import os from 'node:os';
import path from 'node:path';
import type { NodeMemory } from '#protocol';
import { readText } from './sysfs';

export type MachineMemory = Pick<NodeMemory, 'ram_total' | 'ram_available' | 'swap_total' | 'swap_available'>;

/** Bytes. `root` is "/" but in tests. */
export function readMemory(root: string): MachineMemory {
  const text = readText(path.join(root, 'proc/meminfo'));
  const bytes = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  };
  return {
    ram_total: bytes('MemTotal') ?? os.totalmem(),
    ram_available: bytes('MemAvailable') ?? os.freemem(),
    swap_total: bytes('SwapTotal'),
    swap_available: bytes('SwapFree'),
  };
}

interface CpuTime {
  busy: number;
  all: number;
}

/** Clock ticks of all cores together since the machine started. */
function readCpuTime(root: string): CpuTime {
  const first = /^cpu +(.+)$/m.exec(readText(path.join(root, 'proc/stat')) ?? '')?.[1];
  if (first) {
    // user nice system idle iowait irq softirq steal; what follows is counted in user already.
    const ticks = first.split(' ').slice(0, 8).map(Number);
    const all = ticks.reduce((sum, tick) => sum + tick, 0);
    return { all, busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
  }
  // Slower, as it also asks each core for its clock.
  const times = os.cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const busy = times.reduce((sum, time) => sum + time.user + time.nice + time.sys + time.irq, 0);
  return { all: idle + busy, busy };
}

/** Below this the kernel's clock ticks are too coarse to divide. */
const shortestSpan = 500;

/** Returns a function that gives the CPU's use in % of all cores since its last call; null until two calls have been made. */
export function createCpuMeter(root: string): (now: number) => number | null {
  let before: (CpuTime & { at: number }) | undefined;
  let usage: number | null = null;
  return (now) => {
    if (before && now - before.at < shortestSpan) return usage;
    const time = readCpuTime(root);
    const all = time.all - (before?.all ?? time.all);
    if (before && all > 0) {
      const share = (100 * (time.busy - before.busy)) / all;
      usage = Math.round(10 * Math.min(100, Math.max(0, share))) / 10;
    }
    before = { ...time, at: now };
    return usage;
  };
}
