/** Everything that the driver tells of a GPU, in groups, for its tooltip. Pure. */
import type { Gpu } from '#protocol';
import { bytes, bytesPerSecond, celsius, outside, percent, unknown, watts } from './format';
import { processRows, type Reading } from './gpu-words';
import type { Holding } from './holdings';

export interface DetailGroup {
  readonly title: string;
  readonly rows: readonly Reading[];
}

const sources = { nvml: 'NVML', drm: '/sys/class/drm' } as const;

/** @param models model names by the process id of their engine, on this machine */
export function gpuDetails(gpu: Gpu, models: ReadonlyMap<number, string>): DetailGroup[] {
  return [
    {
      title: 'Memory',
      rows: [
        { label: 'Total', value: bytes(gpu.vram_total) },
        { label: 'Used', value: bytes(gpu.vram_used) },
        { label: 'Free', value: bytes(gpu.vram_free) },
        { label: 'Kept by the driver', value: bytes(gpu.vram_reserved) },
        { label: 'Memory reads and writes', value: percent(gpu.memory_usage) },
        { label: 'Bus width', value: number(gpu.memory_bus_width_bits, 'bit') },
        { label: 'ECC', value: eccText(gpu) },
      ],
    },
    {
      title: 'Work and heat',
      rows: [
        { label: 'Utilisation', value: percent(gpu.gpu_usage) },
        { label: 'Performance state', value: performanceText(gpu.performance_state) },
        { label: 'Clocks held back by', value: throttleText(gpu.throttle_reasons) },
        { label: 'Power', value: watts(gpu.power_watts, gpu.power_limit_watts) },
        { label: 'Temperature', value: celsius(gpu.temp) },
        { label: 'Slows down at', value: celsius(gpu.temp_slowdown) },
        { label: 'Switches off at', value: celsius(gpu.temp_shutdown) },
        { label: 'Fan', value: percent(gpu.fan_percent) },
      ],
    },
    {
      title: 'Clocks',
      rows: [
        { label: 'Graphics', value: number(gpu.clock_graphics_mhz, 'MHz') },
        { label: 'Multiprocessors', value: number(gpu.clock_sm_mhz, 'MHz') },
        { label: 'Memory', value: memoryClock(gpu) },
        { label: 'Video', value: number(gpu.clock_video_mhz, 'MHz') },
      ],
    },
    {
      title: 'PCI Express',
      rows: [
        { label: 'Generation', value: ofMost(gpu.pcie_generation, gpu.pcie_generation_max) },
        { label: 'Lanes', value: ofMost(gpu.pcie_width, gpu.pcie_width_max) },
        { label: 'To the GPU', value: bytesPerSecond(gpu.pcie_rx_bytes_per_second) },
        { label: 'From the GPU', value: bytesPerSecond(gpu.pcie_tx_bytes_per_second) },
        { label: 'Bus address', value: text(gpu.pci_bus_id) },
      ],
    },
    {
      title: 'Device',
      rows: [
        { label: 'Reported by', value: sources[gpu.source] },
        { label: 'Compute capability', value: text(gpu.compute_capability) },
        { label: 'Multi-Instance GPU', value: onOff(gpu.mig_enabled) },
        { label: 'UUID', value: text(gpu.uuid) },
      ],
    },
    { title: 'Processes', rows: processRows(gpu.processes, models) },
  ];
}

/** What each placed model holds on a device; no group where there is none. */
export function holdingDetails(holdings: readonly Holding[]): DetailGroup[] {
  return holdings.map(({ mark, model, layers, weights, kv, buffers }) => ({
    title: `${mark} ${outside(model, 60)}`,
    rows: [
      { label: 'Holds', value: layers },
      { label: 'Weights', value: bytes(weights) },
      { label: 'KV cache', value: bytes(kv) },
      { label: 'Buffers', value: bytes(buffers) },
    ],
  }));
}

function number(value: number | null, unit: string): string {
  return value === null ? unknown : `${Math.round(value)} ${unit}`;
}

function text(value: string | null): string {
  return value === null ? unknown : outside(value, 80);
}

function onOff(value: boolean | null): string {
  if (value === null) return unknown;
  return value ? 'on' : 'off';
}

/** "4 of 4" */
function ofMost(value: number | null, most: number | null): string {
  if (value === null) return unknown;
  return most === null ? String(value) : `${value} of ${most}`;
}

function memoryClock({ clock_memory_mhz: now, clock_memory_max_mhz: most }: Gpu): string {
  return now === null ? unknown : `${ofMost(Math.round(now), most === null ? null : Math.round(most))} MHz`;
}

function performanceText(state: number | null): string {
  return state === null ? unknown : `P${state}${state === 0 ? ', the fastest' : ''}`;
}

function throttleText(reasons: readonly string[] | null): string {
  if (reasons === null) return unknown;
  return reasons.length === 0 ? 'nothing' : outside(reasons.join(', '), 200);
}

function eccText({ ecc_enabled, ecc_corrected, ecc_uncorrected }: Gpu): string {
  if (!ecc_enabled) return onOff(ecc_enabled);
  return `on, ${ecc_corrected ?? unknown} corrected, ${ecc_uncorrected ?? unknown} uncorrected errors`;
}
