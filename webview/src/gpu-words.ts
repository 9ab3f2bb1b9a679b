/** What the page says of one GPU: readings, warnings, processes. Pure. */
import type { Gpu, GpuProcess } from '#protocol';
import { bytes, celsius, outside, percent, unknown, watts } from './format';

export interface Reading {
  readonly label: string;
  readonly value: string;
  /** Draws attention; the value says in words why. */
  readonly warning?: boolean;
}

export interface ProcessRow {
  readonly name: string;
  readonly vram: string;
  /** An engine of ours. */
  readonly ours: boolean;
}

/** Consumer GPUs begin to lower their clocks a little above this, °C; used where the device names no limit. */
const hotCelsius = 85;
const shownProcesses = 4;

export function gpuReadings(gpu: Gpu): Reading[] {
  const hot = gpu.temp !== null && gpu.temp >= Math.min(hotCelsius, gpu.temp_slowdown ?? hotCelsius);
  return [
    { label: 'Use', value: percent(gpu.gpu_usage) },
    { label: 'Temp', value: `${celsius(gpu.temp)}${hot ? ' hot' : ''}`, warning: hot },
    { label: 'Power', value: watts(gpu.power_watts, gpu.power_limit_watts) },
    { label: 'P-state', value: gpu.performance_state === null ? unknown : `P${gpu.performance_state}` },
  ];
}

/** What holds the clocks back, or why there are no readings; `null`: nothing to say. */
export function gpuNotice(gpu: Gpu): string | null {
  switch (gpu.status) {
    case 'lost':
      return 'Fell off the bus: no readings. It is used again when it comes back; if it does not, restart the machine.';
    case 'asleep':
      return 'Asleep to save power: it is not woken for readings.';
    case 'ok':
      return isThrottled(gpu) ? `Clocks held back: ${heldBackBy(gpu).join(', ')}` : null;
  }
}

export function isThrottled(gpu: Gpu): boolean {
  return heldBackBy(gpu).length > 0;
}

/** A GPU with nothing to do lowers its clocks too: nothing holds it back. */
function heldBackBy({ throttle_reasons }: Gpu): string[] {
  return (throttle_reasons ?? []).filter((reason) => reason !== 'idle').map((reason) => outside(reason, 60));
}

/**
 * The processes that hold the most, ours named by their model; then how many more.
 * @param models model names by the process id of their engine
 */
export function processRows(
  processes: readonly GpuProcess[],
  models: ReadonlyMap<number, string>,
): { rows: ProcessRow[]; more: number } {
  const rows = [...processes]
    .sort((a, b) => (b.vram_used ?? -1) - (a.vram_used ?? -1))
    .slice(0, shownProcesses)
    .map(({ pid, name, vram_used }) => {
      const model = models.get(pid);
      const program = name === null ? 'another user’s process' : outside(baseName(name), 40);
      return {
        name: model === undefined ? `${program} (${pid})` : outside(model, 60),
        vram: bytes(vram_used),
        ours: model !== undefined,
      };
    });
  return { rows, more: processes.length - rows.length };
}

function baseName(path: string): string {
  return path.split(/[/\\]/).pop() || path;
}
