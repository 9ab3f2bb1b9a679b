/**
 * The GPUs of this machine under the names that NVIDIA's DCGM exporter uses, with its units and labels, so that what was
 * made for it works here. What DCGM has no name for, or in another unit, is called `vramesh_gpu_*`.
 */
import type { Registry } from 'prom-client';
import type { Gpu, Node } from '#protocol';
import { addReadings, type Reading } from './readings';

const bytesPerMib = 1024 * 1024;
const labelNames = ['gpu', 'UUID', 'pci_bus_id', 'device', 'modelName', 'Hostname'] as const;
type Label = (typeof labelNames)[number];

const readings: readonly Reading<Gpu>[] = [
  ['DCGM_FI_DEV_GPU_UTIL', 'GPU utilization (in %).', (gpu) => gpu.gpu_usage],
  ['DCGM_FI_DEV_MEM_COPY_UTIL', 'Memory utilization (in %).', (gpu) => gpu.memory_usage],
  ['DCGM_FI_DEV_FB_TOTAL', 'VRAM in all (in MiB).', (gpu) => mib(gpu.vram_total)],
  ['DCGM_FI_DEV_FB_USED', 'VRAM used (in MiB).', (gpu) => mib(gpu.vram_used)],
  ['DCGM_FI_DEV_FB_FREE', 'VRAM free (in MiB).', (gpu) => mib(gpu.vram_free)],
  ['DCGM_FI_DEV_FB_RESERVED', 'VRAM that the driver keeps (in MiB).', (gpu) => mib(gpu.vram_reserved)],
  ['DCGM_FI_DEV_GPU_TEMP', 'GPU temperature (in C).', (gpu) => gpu.temp],
  [
    'DCGM_FI_DEV_SLOWDOWN_TEMP',
    'Temperature at which the clocks are lowered (in C).',
    (gpu) => gpu.temp_slowdown,
  ],
  [
    'DCGM_FI_DEV_SHUTDOWN_TEMP',
    'Temperature at which the GPU switches off (in C).',
    (gpu) => gpu.temp_shutdown,
  ],
  ['DCGM_FI_DEV_POWER_USAGE', 'Power draw (in W).', (gpu) => gpu.power_watts],
  ['DCGM_FI_DEV_ENFORCED_POWER_LIMIT', 'Power limit in force (in W).', (gpu) => gpu.power_limit_watts],
  ['DCGM_FI_DEV_SM_CLOCK', 'SM clock frequency (in MHz).', (gpu) => gpu.clock_sm_mhz],
  ['DCGM_FI_DEV_MEM_CLOCK', 'Memory clock frequency (in MHz).', (gpu) => gpu.clock_memory_mhz],
  ['DCGM_FI_DEV_VIDEO_CLOCK', 'Video clock frequency (in MHz).', (gpu) => gpu.clock_video_mhz],
  ['DCGM_FI_DEV_FAN_SPEED', 'Fan speed (in %).', (gpu) => gpu.fan_percent],
  ['DCGM_FI_DEV_PSTATE', 'Performance state: 0 is the fastest.', (gpu) => gpu.performance_state],
  ['DCGM_FI_DEV_PCIE_LINK_GEN', 'PCIe generation of the link as it runs now.', (gpu) => gpu.pcie_generation],
  ['DCGM_FI_DEV_PCIE_LINK_WIDTH', 'PCIe lanes in use.', (gpu) => gpu.pcie_width],
  [
    'DCGM_FI_DEV_ECC_SBE_VOL_TOTAL',
    'Corrected memory errors since the driver was loaded.',
    (gpu) => gpu.ecc_corrected,
  ],
  [
    'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL',
    'Uncorrected memory errors since the driver was loaded.',
    (gpu) => gpu.ecc_uncorrected,
  ],
  [
    'vramesh_gpu_pcie_receive_bytes_per_second',
    'From the machine to the GPU.',
    (gpu) => gpu.pcie_rx_bytes_per_second,
  ],
  [
    'vramesh_gpu_pcie_transmit_bytes_per_second',
    'From the GPU to the machine.',
    (gpu) => gpu.pcie_tx_bytes_per_second,
  ],
  [
    'vramesh_gpu_up',
    '1: it answers; 0: it fell off the bus; nothing while a laptop GPU is left asleep.',
    ({ status }) => (status === 'asleep' ? null : Number(status === 'ok')),
  ],
];

export function addGpus(registry: Registry, own: () => Node | null): void {
  addReadings(registry, labelNames, readings, () => {
    const node = own();
    return node === null ? [] : nvidia(node).map((gpu) => ({ thing: gpu, labels: labels(gpu, node) }));
  });
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
