/** Puts one sample together from NVML, the kernel's other GPUs, and the machine. */
import type { Gpu, NodeProfile } from '#protocol';
import { readDrmGpus } from './drm';
import { createCpuMeter, readMemory } from './machine';
import { createNvml } from './nvml';
import { createProfile } from './profile';

export interface Sampler {
  /** `now` in ms of a clock that never goes back. `fresh`: also of idle GPUs that are left alone for a while. */
  sample(now: number, fresh?: boolean): NodeProfile;
  close(): void;
}

/** `root` is "/" but in tests: the folder that holds sys, proc and dev. */
export function createSampler(options: { nvmlLibrary: string | undefined; root: string }): Sampler {
  const { root } = options;
  const nvml = createNvml({ library: options.nvmlLibrary, root });
  const cpuUsage = createCpuMeter(root);
  const indexes = new Map<string, number>();

  /** A GPU keeps the index that it was first seen with, whatever appears beside it later. */
  function numbered(gpus: readonly Omit<Gpu, 'index'>[]): Gpu[] {
    return gpus.map((gpu, position) => {
      const place = gpu.source === 'drm' ? `drm ${gpu.pci_bus_id ?? position}` : `nvml ${position}`;
      const index = indexes.get(place) ?? indexes.size;
      indexes.set(place, index);
      return { index, ...gpu };
    });
  }

  return {
    sample(now, fresh = false) {
      const nvidia = nvml.sample(now, fresh);
      const gpus = [...numbered(nvidia.gpus), ...numbered(readDrmGpus(root))];
      return createProfile({
        gpus: gpus.sort((a, b) => a.index - b.index),
        memory: readMemory(root),
        cpuUsage: cpuUsage(now),
        driverVersion: nvidia.driverVersion,
        cudaVersion: nvidia.cudaVersion,
        gpuProblem: nvidia.problem,
        sampledAt: Date.now(),
      });
    },
    close: nvml.close,
  };
}
