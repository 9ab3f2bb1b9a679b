/** What status item 1 says of the GPUs, and in its hover of the whole machine. Pure: the state in, texts out. */
import { t } from '@vscode/l10n';
import type { Gpu, NodeProfile, State } from '#protocol';
import { actionRow, instanceRows, machineRows, runtimeLine } from '../text/card-text';
import { escapeMarkdown, inGib, percent, plain, unknown } from '../text/format';
import { measuresLines } from '../text/measures-text';
import { gpuWords } from '../text/words';

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly warning: boolean;
}

/** Consumer GPUs begin to lower their clocks a little above this. */
const hotCelsius = 85;

/** `null`: this machine is not in it. */
export function gpuText(state: State): StatusText | null {
  const profile = state.topology.nodes.find(({ status }) => status === 'this')?.node_profile;
  if (profile === undefined) return null;
  const { gpus } = profile;
  const lost = gpus.filter(({ status }) => status === 'lost').length;
  return {
    text: `$(chip) ${summary(profile)}${lost > 0 ? ` · ${t('{0} lost', lost)}` : ''}`,
    tooltip: card(profile, state),
    warning: lost > 0 || gpus.some(({ temp }) => (temp ?? 0) >= hotCelsius),
  };
}

function summary({ gpus, system, memory }: NodeProfile): string {
  const first = gpus[0];
  if (first === undefined) return t('CPU');
  const names = new Set(gpus.map(({ name }) => shortName(name)));
  const count = gpus.length > 1 ? `${gpus.length}× ` : '';
  const name = names.size > 1 ? t('GPU') : shortName(first.name);
  const asleep = gpus.every(({ status }) => status === 'asleep');
  const vram = `${inGib(memory.gpu_vram_used)}/${inGib(memory.gpu_vram_total)} GiB`;
  return `${count}${name} ${asleep ? gpuWords.asleep : `${percent(system.gpu_usage)} · ${vram}`}`;
}

function card(profile: NodeProfile, state: State): string {
  const { gpus, driver_version, cuda_version, gpu_problem } = profile;
  const versions = t('driver {0} · CUDA {1}', driver_version ?? unknown, cuda_version ?? unknown);
  const parts = [
    gpus.length === 0 ? '**VRAMesh**' : `**VRAMesh** \u00a0 ${versions}`,
    gpus.length === 0 ? '' : gpuTable(gpus),
    gpus.length === 0 || gpu_problem !== null ? noGpu(profile) : '',
    runtimeLine(state),
    machineLine(profile),
    instanceRows(state),
    machineRows(state),
    ...measuresLines(state.completions),
    '---',
    actionRow('gpu'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function gpuTable(gpus: readonly Gpu[]): string {
  const titles = [t('GPU'), t('VRAM'), t('use'), t('temp'), t('power')].join(' | ');
  return [`| | ${titles} |`, '|-:|:--|--:|--:|--:|--:|', ...gpus.map(row)].join('\n');
}

function row(gpu: Gpu): string {
  const used = `${inGib(gpu.vram_used)} / ${inGib(gpu.vram_total)} GiB`;
  const state = gpu.status === 'ok' ? '' : ` (${gpuWords[gpu.status]})`;
  const power = gpu.power_watts === null ? unknown : `${Math.round(gpu.power_watts)} W`;
  const temp = gpu.temp === null ? unknown : `${gpu.temp} °C${gpu.temp >= hotCelsius ? ' $(warning)' : ''}`;
  return `| ${gpu.index} | ${escapeMarkdown(gpu.name)}${state} | ${used} | ${percent(gpu.gpu_usage)} | ${temp} | ${power} |`;
}

function machineLine({ memory, system }: NodeProfile): string {
  const used = memory.ram_total - memory.ram_available;
  return `RAM ${inGib(used)} / ${inGib(memory.ram_total)} GiB · CPU ${percent(system.cpu_usage)}`;
}

function noGpu({ gpu_problem }: NodeProfile): string {
  return t('No GPU is used: {0}', escapeMarkdown(gpu_problem ?? t('none was found')));
}

/** "NVIDIA GeForce RTX 3050" → "RTX 3050": a status bar is short. */
function shortName(name: string): string {
  return plain(name)
    .replace(/^(NVIDIA|AMD|Intel)\s+/i, '')
    .replace(/^GeForce\s+/i, '')
    .slice(0, 24);
}
