/** Who a GPU is, and what it reads right now, in the units of the protocol. */
import type { Gpu } from '#protocol';
import * as nvml from './nvml-codes';
import type { NvmlDevice } from './nvml-device';

/** What stays the same as long as the driver knows the GPU. Kept when the GPU is lost. */
export type GpuIdentity = Pick<
  Gpu,
  | 'uuid'
  | 'name'
  | 'vendor'
  | 'source'
  | 'pci_bus_id'
  | 'temp_slowdown'
  | 'temp_shutdown'
  | 'clock_memory_max_mhz'
  | 'memory_bus_width_bits'
  | 'pcie_generation_max'
  | 'pcie_width_max'
  | 'compute_capability'
>;

/** What changes from sample to sample. */
export type GpuReadings = Omit<Gpu, keyof GpuIdentity | 'index' | 'status'>;

/** What is not asked in the sample itself: PCIe throughput takes the driver 20 ms a counter. */
export type AsideReadings = Pick<GpuReadings, 'pcie_rx_bytes_per_second' | 'pcie_tx_bytes_per_second'>;

/** A GPU of which nothing is known but that it is there. */
export const unknownGpu: GpuIdentity = {
  uuid: null,
  name: 'NVIDIA GPU',
  vendor: 'nvidia',
  source: 'nvml',
  pci_bus_id: null,
  temp_slowdown: null,
  temp_shutdown: null,
  clock_memory_max_mhz: null,
  memory_bus_width_bits: null,
  pcie_generation_max: null,
  pcie_width_max: null,
  compute_capability: null,
};

/** The readings of a GPU that cannot be asked, or must not be. */
export const noReadings: GpuReadings = {
  vram_total: null,
  vram_free: null,
  vram_used: null,
  vram_reserved: null,
  temp: null,
  power_watts: null,
  power_limit_watts: null,
  gpu_usage: null,
  memory_usage: null,
  fan_percent: null,
  performance_state: null,
  throttle_reasons: null,
  clock_graphics_mhz: null,
  clock_sm_mhz: null,
  clock_memory_mhz: null,
  clock_video_mhz: null,
  pcie_generation: null,
  pcie_width: null,
  pcie_rx_bytes_per_second: null,
  pcie_tx_bytes_per_second: null,
  ecc_enabled: null,
  ecc_corrected: null,
  ecc_uncorrected: null,
  mig_enabled: null,
  processes: null,
};

/** Throws `GpuLost`. The bus id comes from the caller, who looked with it whether the GPU sleeps. */
export function readIdentity(device: NvmlDevice, busId: string | null): GpuIdentity {
  return {
    uuid: device.text('nvmlDeviceGetUUID'),
    name: device.text('nvmlDeviceGetName') ?? unknownGpu.name,
    vendor: 'nvidia',
    source: 'nvml',
    pci_bus_id: busId,
    temp_slowdown: celsius(device.uint('nvmlDeviceGetTemperatureThreshold', nvml.THRESHOLD_SLOWDOWN)),
    temp_shutdown: celsius(device.uint('nvmlDeviceGetTemperatureThreshold', nvml.THRESHOLD_SHUTDOWN)),
    clock_memory_max_mhz: device.uint('nvmlDeviceGetMaxClockInfo', nvml.CLOCK_MEMORY),
    memory_bus_width_bits: positive(device.uint('nvmlDeviceGetMemoryBusWidth')),
    pcie_generation_max: positive(device.uint('nvmlDeviceGetMaxPcieLinkGeneration')),
    pcie_width_max: positive(device.uint('nvmlDeviceGetMaxPcieLinkWidth')),
    compute_capability: device.pair('nvmlDeviceGetCudaComputeCapability')?.join('.') ?? null,
  };
}

/** Everything but the processes and what is read aside. Throws `GpuLost`. */
export function readDevice(device: NvmlDevice): Omit<GpuReadings, keyof AsideReadings | 'processes'> {
  const memory = device.memory();
  const utilisation = device.utilisation();
  const throttle = device.throttleMask();
  const clock = (which: number) => device.uint('nvmlDeviceGetClockInfo', which);
  const errors = (type: number) =>
    device.count('nvmlDeviceGetTotalEccErrors', type, nvml.ECC_SINCE_DRIVER_LOAD);
  return {
    vram_total: memory.total,
    vram_free: memory.free,
    vram_used: memory.used,
    vram_reserved: memory.reserved,
    temp: celsius(device.uint('nvmlDeviceGetTemperature', nvml.SENSOR_GPU)),
    power_watts: watts(device.uint('nvmlDeviceGetPowerUsage')),
    power_limit_watts: watts(device.uint('nvmlDeviceGetEnforcedPowerLimit')),
    gpu_usage: atMost(100, utilisation?.[0]),
    memory_usage: atMost(100, utilisation?.[1]),
    fan_percent: device.uint('nvmlDeviceGetFanSpeed'),
    performance_state: atMost(15, device.uint('nvmlDeviceGetPerformanceState')),
    throttle_reasons: throttle === null ? null : nvml.throttleWords(throttle),
    clock_graphics_mhz: clock(nvml.CLOCK_GRAPHICS),
    clock_sm_mhz: clock(nvml.CLOCK_SM),
    clock_memory_mhz: clock(nvml.CLOCK_MEMORY),
    clock_video_mhz: clock(nvml.CLOCK_VIDEO),
    pcie_generation: positive(device.uint('nvmlDeviceGetCurrPcieLinkGeneration')),
    pcie_width: positive(device.uint('nvmlDeviceGetCurrPcieLinkWidth')),
    ecc_enabled: isOn(device.pair('nvmlDeviceGetEccMode')),
    ecc_corrected: errors(nvml.ECC_CORRECTED),
    ecc_uncorrected: errors(nvml.ECC_UNCORRECTED),
    mig_enabled: isOn(device.pair('nvmlDeviceGetMigMode')),
  };
}

// Drivers do answer "success" with rubbish after a fault: what no GPU can mean is unknown.
const positive = (value: number | null) => (value === 0 ? null : value);
const atMost = (limit: number, value: number | null | undefined) =>
  value === null || value === undefined || value > limit ? null : value;
const celsius = (value: number | null) => atMost(200, value);
const watts = (milliwatts: number | null) => (milliwatts === null ? null : milliwatts / 1000);
const isOn = (current: [number, number] | null) => (current === null ? null : current[0] === 1);
