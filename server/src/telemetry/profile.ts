/** The profile of a node: its GPUs, and sums over those that report. */
import type { Gpu, NodeProfile } from '#protocol';
import type { MachineMemory } from './machine';

/** Readings of one moment. */
export interface Readings {
  gpus: Gpu[];
  memory: MachineMemory;
  cpuUsage: number | null;
  driverVersion: string | null;
  cudaVersion: string | null;
  gpuProblem: string | null;
  /** ms since 1970 */
  sampledAt: number;
}

export function createProfile(readings: Readings): NodeProfile {
  const { gpus } = readings;
  const known = (key: 'vram_total' | 'vram_free' | 'vram_used' | 'gpu_usage' | 'temp' | 'power_watts') =>
    gpus.map((gpu) => gpu[key]).filter((value) => value !== null);
  const usages = known('gpu_usage');
  const temps = known('temp');
  const usage = sum(usages);
  return {
    memory: {
      ...readings.memory,
      gpu_vram_total: sum(known('vram_total')),
      gpu_vram_available: sum(known('vram_free')),
      gpu_vram_used: sum(known('vram_used')),
    },
    system: {
      gpu_count: gpus.length,
      gpu_names: gpus.map((gpu) => gpu.name),
      gpu_usage: usage === null ? null : Math.round((10 * usage) / usages.length) / 10,
      temp: temps.length > 0 ? Math.max(...temps) : null,
      gpu_power_watts: sum(known('power_watts')),
      cpu_usage: readings.cpuUsage,
    },
    gpus,
    driver_version: readings.driverVersion,
    cuda_version: readings.cudaVersion,
    gpu_problem: readings.gpuProblem,
    sampled_at: readings.sampledAt,
  };
}

/** To the thousandth, so that milliwatts add up as they should. */
function sum(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return Math.round(1000 * values.reduce((total, value) => total + value, 0)) / 1000;
}
