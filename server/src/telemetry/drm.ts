/**
 * GPUs of other makers, from what their Linux drivers put in /sys/class/drm. Only those that report their VRAM, as
 * amdgpu does: without it a GPU is of no use to a placement.
 */
import path from 'node:path';
import type { Gpu } from '#protocol';
import { type GpuIdentity, type GpuReadings, noReadings, unknownGpu } from './nvml-readings';
import { listFolder, readNumber, readText } from './sysfs';

const vendors: Record<string, { vendor: Gpu['vendor']; name: string }> = {
  '0x1002': { vendor: 'amd', name: 'AMD GPU' },
  '0x8086': { vendor: 'intel', name: 'Intel GPU' },
};

/** GPUs that NVML cannot know, in the order of their cards. */
export function readDrmGpus(root: string): Omit<Gpu, 'index'>[] {
  const folder = path.join(root, 'sys/class/drm');
  return listFolder(folder)
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => readCard(path.join(folder, name, 'device')))
    .filter((gpu) => gpu !== null);
}

function readCard(device: string): Omit<Gpu, 'index'> | null {
  const text = (attribute: string) => readText(path.join(device, attribute));
  const known = vendors[text('vendor') ?? ''];
  // Listing the folder does not wake the card; reading its memory would.
  if (!known || !listFolder(device).includes('mem_info_vram_total')) return null;
  const identity: GpuIdentity = {
    ...unknownGpu,
    uuid: text('unique_id'),
    name: text('product_name') || `${known.name} ${text('device') ?? ''}`.trim(),
    vendor: known.vendor,
    source: 'drm',
    pci_bus_id: /^PCI_SLOT_NAME=(.+)$/m.exec(text('uevent') ?? '')?.[1] ?? null,
  };
  if (text('power/runtime_status') === 'suspended') return { ...identity, status: 'asleep', ...noReadings };
  const readings = readReadings(device);
  return readings && { ...identity, status: 'ok', ...readings };
}

function readReadings(device: string): GpuReadings | null {
  const number = (attribute: string) => readNumber(path.join(device, attribute));
  const [monitor] = listFolder(path.join(device, 'hwmon'));
  const sensor = (attribute: string) => (monitor ? number(path.join('hwmon', monitor, attribute)) : null);
  const scaled = (value: number | null, unit: number) => (value === null ? null : value / unit);

  const total = number('mem_info_vram_total');
  const used = number('mem_info_vram_used');
  const busy = number('gpu_busy_percent');
  if (!total || total < 0) return null;
  return {
    ...noReadings,
    vram_total: total,
    vram_used: used,
    vram_free: used === null ? null : Math.max(0, total - used),
    temp: scaled(sensor('temp1_input'), 1000),
    power_watts: scaled(sensor('power1_average') ?? sensor('power1_input'), 1_000_000),
    power_limit_watts: scaled(sensor('power1_cap'), 1_000_000),
    gpu_usage: busy !== null && busy >= 0 && busy <= 100 ? busy : null,
  };
}
