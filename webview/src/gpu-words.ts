/** What the page says of one GPU: readings, warnings, processes. Pure. */
import type { Gpu, GpuProcess } from '#protocol';
import { bytes, celsius, outside, watts } from './format';

export interface Reading {
  readonly label: string;
  readonly value: string;
  /** Draws attention; the value says in words why. */
  readonly warning?: boolean;
}

/** Consumer GPUs begin to lower their clocks a little above this, °C; used where the device names no limit. */
const hotCelsius = 85;
const shownProcesses = 8;

export function gpuReadings(gpu: Gpu): Reading[] {
  const hot = gpu.temp !== null && gpu.temp >= Math.min(hotCelsius, gpu.temp_slowdown ?? hotCelsius);
  return [
    { label: 'Temperature', value: `${celsius(gpu.temp)}${hot ? ' hot' : ''}`, warning: hot },
    { label: 'Power', value: watts(gpu.power_watts, gpu.power_limit_watts) },
  ];
}

/** A word beside the name; `null`: nothing to say. */
export function gpuBadge(gpu: Gpu): string | null {
  if (gpu.status !== 'ok') return gpu.status;
  return heldBackBy(gpu).length > 0 ? 'throttled' : null;
}

/** What holds the clocks back, or why there are no readings; `null`: nothing to say. */
export function gpuNotice(gpu: Gpu): string | null {
  switch (gpu.status) {
    case 'lost':
      return 'Fell off the bus: no readings. It is used again when it comes back; if it does not, restart the machine.';
    case 'asleep':
      return 'Asleep to save power: it is not woken for readings.';
    case 'ok': {
      const reasons = heldBackBy(gpu);
      return reasons.length > 0 ? `Clocks held back: ${reasons.join(', ')}` : null;
    }
  }
}

/** A GPU with nothing to do lowers its clocks too: nothing holds it back. */
function heldBackBy({ throttle_reasons }: Gpu): string[] {
  return (throttle_reasons ?? [])
    .filter((reason) => reason !== 'idle')
    .slice(0, 10)
    .map((reason) => outside(reason, 60));
}

/**
 * The processes that hold the most, ours named by their model; the last row says how many more there are.
 * @param models model names by the process id of their engine, on this machine
 */
export function processRows(
  processes: readonly GpuProcess[] | null,
  models: ReadonlyMap<number, string>,
): Reading[] {
  if (processes === null) return [{ label: 'Processes', value: 'The driver does not tell.' }];
  if (processes.length === 0) return [{ label: 'Processes', value: 'none' }];
  const rows = [...processes]
    .sort((a, b) => (b.vram_used ?? -1) - (a.vram_used ?? -1))
    .slice(0, shownProcesses)
    .map(({ pid, name, vram_used }) => {
      const model = models.get(pid);
      const program = name === null ? 'another user’s process' : outside(baseName(name), 40);
      return {
        label: model === undefined ? `${program} (${pid})` : `model ${outside(model, 60)}`,
        value: bytes(vram_used),
      };
    });
  const more = processes.length - rows.length;
  return more > 0 ? [...rows, { label: `and ${more} more`, value: '' }] : rows;
}

function baseName(path: string): string {
  return path.split(/[/\\]/).pop() || path;
}
