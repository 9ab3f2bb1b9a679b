/** What status item 1 says of the GPUs. Pure: the state in, texts out. */
import type { Gpu, NodeProfile } from '#protocol';
import { escapeMarkdown, inGib, percent, plain } from '../text/format';

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly warning: boolean;
}

/** Consumer GPUs begin to lower their clocks a little above this. */
const hotCelsius = 85;

export function gpuText(profile: NodeProfile): StatusText {
  const { gpus } = profile;
  const first = gpus[0];
  if (!first) {
    return {
      text: '$(chip) CPU',
      tooltip: ['**VRAMesh**', noGpu(profile), hostRow(profile)].join('\n\n'),
      warning: false,
    };
  }
  const names = new Set(gpus.map((gpu) => shortName(gpu.name)));
  const count = gpus.length > 1 ? `${gpus.length}× ` : '';
  const name = names.size > 1 ? 'GPU' : shortName(first.name);
  const lost = gpus.filter((gpu) => gpu.status === 'lost').length;
  const asleep = gpus.every((gpu) => gpu.status === 'asleep');
  const readings = asleep ? 'asleep' : `${percent(profile.system.gpu_usage)} · ${vram(profile)}`;
  return {
    text: `$(chip) ${count}${name} ${readings}${lost > 0 ? ` · ${lost} lost` : ''}`,
    tooltip: tooltip(profile),
    warning: lost > 0 || gpus.some((gpu) => (gpu.temp ?? 0) >= hotCelsius),
  };
}

function tooltip(profile: NodeProfile): string {
  const versions = `driver ${profile.driver_version ?? '—'} · CUDA ${profile.cuda_version ?? '—'}`;
  const rows = profile.gpus.map(row);
  const table = ['| | GPU | VRAM | use | temp | power |', '|-:|:--|--:|--:|--:|--:|', ...rows].join('\n');
  const parts = [`**VRAMesh** · ${versions}`, table, hostRow(profile)];
  if (profile.gpu_problem) parts.splice(2, 0, noGpu(profile));
  return parts.join('\n\n');
}

function row(gpu: Gpu): string {
  const used = `${inGib(gpu.vram_used)} / ${inGib(gpu.vram_total)} GiB`;
  const state = gpu.status === 'ok' ? '' : ` (${gpu.status})`;
  const power = gpu.power_watts === null ? '—' : `${Math.round(gpu.power_watts)} W`;
  const temp = gpu.temp === null ? '—' : `${gpu.temp} °C${gpu.temp >= hotCelsius ? ' $(warning)' : ''}`;
  return `| ${gpu.index} | ${escapeMarkdown(gpu.name)}${state} | ${used} | ${percent(gpu.gpu_usage)} | ${temp} | ${power} |`;
}

function hostRow({ memory, system }: NodeProfile): string {
  const used = memory.ram_total - memory.ram_available;
  return `RAM ${inGib(used)} / ${inGib(memory.ram_total)} GiB · CPU ${percent(system.cpu_usage)}`;
}

function noGpu(profile: NodeProfile): string {
  return `No GPU is used: ${escapeMarkdown(profile.gpu_problem ?? 'none was found')}`;
}

function vram({ memory }: NodeProfile): string {
  return `${inGib(memory.gpu_vram_used)}/${inGib(memory.gpu_vram_total)} GiB`;
}

/** "NVIDIA GeForce RTX 3050" → "RTX 3050": a status bar is short. */
function shortName(name: string): string {
  return plain(name)
    .replace(/^(NVIDIA|AMD|Intel)\s+/i, '')
    .replace(/^GeForce\s+/i, '')
    .slice(0, 24);
}
