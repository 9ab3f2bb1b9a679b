import assert from 'node:assert/strict';
import { type Gpu, nodeProfileSchema } from '#protocol';
import { noReadings, unknownGpu } from '../../../server/src/telemetry/nvml-readings';
import { createProfile } from '../../../server/src/telemetry/profile';

describe('the profile of a node', () => {
  const gpu = (readings: Partial<Gpu>): Gpu => ({
    ...unknownGpu,
    ...noReadings,
    index: 0,
    status: 'ok',
    ...readings,
  });
  const profileOf = (gpus: Gpu[]) =>
    nodeProfileSchema.parse(
      createProfile({
        gpus,
        memory: { ram_total: 4, ram_available: 3, swap_total: 2, swap_available: 1 },
        cpuUsage: 12.5,
        driverVersion: null,
        cudaVersion: null,
        gpuProblem: null,
        sampledAt: 1,
      }),
    );

  it('knows no VRAM without a GPU: null, not 0', () => {
    const { memory, system } = profileOf([]);
    assert.deepEqual(memory, {
      ram_total: 4,
      ram_available: 3,
      swap_total: 2,
      swap_available: 1,
      gpu_vram_total: null,
      gpu_vram_available: null,
      gpu_vram_used: null,
    });
    assert.deepEqual(system, {
      gpu_count: 0,
      gpu_names: [],
      gpu_usage: null,
      temp: null,
      gpu_power_watts: null,
      cpu_usage: 12.5,
    });
  });

  it('sums, averages and takes the hottest over the GPUs that report', () => {
    const { memory, system } = profileOf([
      gpu({
        name: 'A',
        vram_total: 10,
        vram_free: 4,
        vram_used: 6,
        gpu_usage: 50,
        temp: 40,
        power_watts: 0.1,
      }),
      gpu({
        name: 'B',
        vram_total: 20,
        vram_free: 20,
        vram_used: 0,
        gpu_usage: 1,
        temp: 71,
        power_watts: 0.2,
      }),
      gpu({ name: 'C', status: 'lost' }),
    ]);
    assert.equal(memory.gpu_vram_total, 30);
    assert.equal(memory.gpu_vram_available, 24);
    assert.equal(memory.gpu_vram_used, 6);
    assert.deepEqual(system, {
      gpu_count: 3,
      gpu_names: ['A', 'B', 'C'],
      gpu_usage: 25.5,
      temp: 71,
      gpu_power_watts: 0.3,
      cpu_usage: 12.5,
    });
  });
});
