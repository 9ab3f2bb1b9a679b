/**
 * The GPUs of this machine under the names that NVIDIA's DCGM exporter uses, with its units and labels, so that what was
 * made for it works here. What DCGM has no name for, or in another unit, is called `vramesh_gpu_*`.
 */
import type { Registry } from 'prom-client';
import type { Gpu, Node } from '#protocol';
import { addGauge } from './series';

const bytesPerMib = 1024 * 1024;
const labelNames = ['gpu', 'UUID', 'pci_bus_id', 'device', 'modelName', 'Hostname'] as const;
type Label = (typeof labelNames)[number];

interface Reading {
  readonly name: string;
  readonly help: string;
  of(gpu: Gpu): number | null;
}

const readings: readonly Reading[] = [
  { name: 'DCGM_FI_DEV_GPU_UTIL', help: 'GPU utilization (in %).', of: (gpu) => gpu.gpu_usage },
  { name: 'DCGM_FI_DEV_MEM_COPY_UTIL', help: 'Memory utilization (in %).', of: (gpu) => gpu.memory_usage },
  { name: 'DCGM_FI_DEV_FB_TOTAL', help: 'VRAM in all (in MiB).', of: (gpu) => mib(gpu.vram_total) },
  { name: 'DCGM_FI_DEV_FB_USED', help: 'VRAM used (in MiB).', of: (gpu) => mib(gpu.vram_used) },
  { name: 'DCGM_FI_DEV_FB_FREE', help: 'VRAM free (in MiB).', of: (gpu) => mib(gpu.vram_free) },
  {
    name: 'DCGM_FI_DEV_FB_RESERVED',
    help: 'VRAM that the driver keeps (in MiB).',
    of: (gpu) => mib(gpu.vram_reserved),
  },
  { name: 'DCGM_FI_DEV_GPU_TEMP', help: 'GPU temperature (in C).', of: (gpu) => gpu.temp },
  {
    name: 'DCGM_FI_DEV_SLOWDOWN_TEMP',
    help: 'Temperature at which the clocks are lowered (in C).',
    of: (gpu) => gpu.temp_slowdown,
  },
  {
    name: 'DCGM_FI_DEV_SHUTDOWN_TEMP',
    help: 'Temperature at which the GPU switches off (in C).',
    of: (gpu) => gpu.temp_shutdown,
  },
  { name: 'DCGM_FI_DEV_POWER_USAGE', help: 'Power draw (in W).', of: (gpu) => gpu.power_watts },
  {
    name: 'DCGM_FI_DEV_ENFORCED_POWER_LIMIT',
    help: 'Power limit in force (in W).',
    of: (gpu) => gpu.power_limit_watts,
  },
  { name: 'DCGM_FI_DEV_SM_CLOCK', help: 'SM clock frequency (in MHz).', of: (gpu) => gpu.clock_sm_mhz },
  {
    name: 'DCGM_FI_DEV_MEM_CLOCK',
    help: 'Memory clock frequency (in MHz).',
    of: (gpu) => gpu.clock_memory_mhz,
  },
  {
    name: 'DCGM_FI_DEV_VIDEO_CLOCK',
    help: 'Video clock frequency (in MHz).',
    of: (gpu) => gpu.clock_video_mhz,
  },
  { name: 'DCGM_FI_DEV_FAN_SPEED', help: 'Fan speed (in %).', of: (gpu) => gpu.fan_percent },
  {
    name: 'DCGM_FI_DEV_PSTATE',
    help: 'Performance state: 0 is the fastest.',
    of: (gpu) => gpu.performance_state,
  },
  {
    name: 'DCGM_FI_DEV_PCIE_LINK_GEN',
    help: 'PCIe generation of the link as it runs now.',
    of: (gpu) => gpu.pcie_generation,
  },
  { name: 'DCGM_FI_DEV_PCIE_LINK_WIDTH', help: 'PCIe lanes in use.', of: (gpu) => gpu.pcie_width },
  {
    name: 'DCGM_FI_DEV_ECC_SBE_VOL_TOTAL',
    help: 'Corrected memory errors since the driver was loaded.',
    of: (gpu) => gpu.ecc_corrected,
  },
  {
    name: 'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL',
    help: 'Uncorrected memory errors since the driver was loaded.',
    of: (gpu) => gpu.ecc_uncorrected,
  },
  {
    name: 'vramesh_gpu_pcie_receive_bytes_per_second',
    help: 'From the machine to the GPU.',
    of: (gpu) => gpu.pcie_rx_bytes_per_second,
  },
  {
    name: 'vramesh_gpu_pcie_transmit_bytes_per_second',
    help: 'From the GPU to the machine.',
    of: (gpu) => gpu.pcie_tx_bytes_per_second,
  },
  {
    name: 'vramesh_gpu_up',
    help: '1: it answers; 0: it fell off the bus; nothing while a laptop GPU is left asleep.',
    of: ({ status }) => (status === 'asleep' ? null : Number(status === 'ok')),
  },
];

export function addGpus(registry: Registry, own: () => Node | null): void {
  for (const { name, help, of } of readings) {
    addGauge<Label>(registry, {
      name,
      help,
      labelNames,
      read() {
        const node = own();
        return node === null
          ? []
          : nvidia(node).map((gpu) => ({ labels: labels(gpu, node), value: of(gpu) }));
      },
    });
  }
}

/** DCGM knows no others. */
function nvidia({ node_profile: { gpus } }: Node): readonly Gpu[] {
  return gpus.filter(({ vendor }) => vendor === 'nvidia');
}

function labels({ index, uuid, pci_bus_id, name }: Gpu, { name: host }: Node): Record<Label, string> {
  return {
    gpu: String(index),
    UUID: uuid ?? '',
    pci_bus_id: pci_bus_id ?? '',
    device: `nvidia${index}`,
    modelName: name,
    Hostname: host,
  };
}

function mib(bytes: number | null): number | null {
  return bytes === null ? null : bytes / bytesPerMib;
}
