/** The tree: machines, their GPUs, and what runs on each; with what is still missing as lines of its own. Pure. */
import { t } from '@vscode/l10n';
import type { Gpu, GpuProcess, Instance, LentShard, Node, State } from '#protocol';
import { commandIds } from '../commands/ids';
import { bytesPerSecond, inGib, percent, plain, size, tokensPerSecond, unknown } from './format';
import { gpuWords, instanceIcons, instanceWords, linkIcons, linkWords } from './words';

/** Menus of the manifest go by it. */
export type TreeKind =
  | 'thisMachine'
  | 'machine'
  | 'goneMachine'
  | 'gpu'
  | 'process'
  | 'instance'
  | 'lent'
  | 'cpu'
  | 'hint';

/** Where "Place Model Here…" places. */
export interface Where {
  readonly nodeId: string;
  /** `null`: anywhere on the machine. */
  readonly gpuIndex: number | null;
  readonly name: string;
}

export interface TreeEntry {
  /** The same thing has the same id from state to state. */
  readonly id: string;
  readonly kind: TreeKind;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** Of VS Code's icons. */
  readonly icon: string;
  /** What its actions are about, and what is copied: the id of a machine, of a GPU or of an instance. */
  readonly subject: string;
  readonly where: Where | null;
  /** What a click does, beside opening it. */
  readonly command: string | null;
  readonly children: readonly TreeEntry[];
}

export function treeOf(state: State): TreeEntry[] {
  const { nodes } = state.topology;
  return [
    ...nodes.map((node) => machineEntry(node, state)),
    ...(state.instances.length === 0 ? [noModel()] : []),
    ...(nodes.length > 1 ? [] : [noPeers()]),
  ];
}

/** VS Code's welcome texts stand in empty views only: in this one a line says what comes next. */
function noModel(): TreeEntry {
  return entry({
    id: 'no-model',
    kind: 'hint',
    label: t('No model is placed'),
    description: t('place one'),
    tooltip: t('A model must be in the memory of a GPU or of this machine to complete code.'),
    icon: 'chip',
    command: commandIds.place,
  });
}

function noPeers(): TreeEntry {
  return entry({
    id: 'no-peers',
    kind: 'hint',
    label: t('No other machines yet'),
    description: t('invite one'),
    tooltip: t('Machines that trust each other share their GPUs.'),
    icon: 'add',
    command: commandIds.invite,
  });
}

function entry(
  parts: Partial<TreeEntry> & Pick<TreeEntry, 'id' | 'kind' | 'label' | 'description' | 'tooltip' | 'icon'>,
): TreeEntry {
  return { subject: '', where: null, command: null, children: [], ...parts };
}

function machineEntry(node: Node, state: State): TreeEntry {
  const { node_id: id, name, status, version, requests, node_profile: profile } = node;
  const instances = state.instances.filter(({ node_id }) => node_id === id);
  const onGpus = new Set(profile.gpus.flatMap((gpu) => instances.filter((each) => holds(each, id, gpu))));
  const kind = { this: 'thisMachine', gone: 'goneMachine', online: 'machine', suspect: 'machine' } as const;
  return entry({
    id,
    kind: kind[status],
    label: plain(name),
    description: linkWords[status],
    tooltip: [
      t('VRAMesh {0}, node {1}', plain(version), id.slice(0, 12)),
      ...linkLines(id, state),
      t('Completions under way: {0}', requests),
    ].join('\n'),
    icon: linkIcons[status],
    subject: id,
    where: { nodeId: id, gpuIndex: null, name: plain(name) },
    children: [
      ...profile.gpus.map((gpu) => gpuEntry(gpu, node, instances, state)),
      ...(profile.gpus.length === 0 ? [cpuEntry(node)] : []),
      ...instances.filter((each) => !onGpus.has(each)).map((each) => instanceEntry(each, id, state)),
      ...node.lent.map((shard) => lentEntry(shard, id)),
    ],
  });
}

function linkLines(id: string, { topology: { connections } }: State): string[] {
  const link = connections.find(({ to }) => to === id);
  if (link === undefined) return [];
  const roundTrip = link.round_trip_ms === null ? unknown : `${link.round_trip_ms.toFixed(1)} ms`;
  return [t('Round trip {0}, {1}', roundTrip, bytesPerSecond(link.bytes_per_second))];
}

/** Where the backend of the GPUs has failed it runs on the CPU, whatever it was placed on. */
function holds({ placement, backend }: Instance, nodeId: string, { index }: Gpu): boolean {
  if (backend === 'cpu') return false;
  return (placement?.shares ?? []).some(
    ({ node_id, gpu_index, layers }) => node_id === nodeId && gpu_index === index && layers > 0,
  );
}

/** What it holds for the engine of another machine. */
function lentEntry({ node_id, node_name, model, devices, used_bytes }: LentShard, machine: string) {
  const promised = devices.reduce((sum, { bytes }) => sum + bytes, 0);
  return entry({
    id: `${machine}/lent-${node_id}-${model}`,
    kind: 'lent',
    label: plain(model),
    description: t('for {0} · {1}', plain(node_name), size(promised)),
    tooltip: t(
      'Layers of {0}, which {1} runs: {2} used of {3} lent.',
      plain(model),
      plain(node_name),
      size(used_bytes),
      size(promised),
    ),
    icon: 'layers',
    subject: node_id,
  });
}

function gpuEntry(gpu: Gpu, node: Node, instances: readonly Instance[], state: State): TreeEntry {
  const { index, uuid, name, vram_used, vram_total, gpu_usage, temp, power_watts, status } = gpu;
  const { node_id } = node;
  const id = `${node_id}/gpu-${index}`;
  const held = instances.filter((instance) => holds(instance, node_id, gpu));
  const engines = new Set(held.map(({ engine_pid }) => engine_pid));
  const others = (gpu.processes ?? []).filter(({ pid }) => !engines.has(pid));
  const memory = t('{0} of {1} GiB', inGib(vram_used), inGib(vram_total));
  const degrees = temp === null ? unknown : `${temp} °C`;
  const watts = power_watts === null ? unknown : `${Math.round(power_watts)} W`;
  return entry({
    id,
    kind: 'gpu',
    label: plain(name),
    description: status === 'ok' ? `${percent(gpu_usage)} · ${memory}` : gpuWords[status],
    tooltip: t(
      'GPU {0}: {1} busy, {2} of VRAM used, {3}, {4}',
      index,
      percent(gpu_usage),
      memory,
      degrees,
      watts,
    ),
    icon: status === 'lost' ? 'error' : 'chip',
    subject: uuid ?? '',
    where: { nodeId: node_id, gpuIndex: index, name: plain(name) },
    children: [
      ...held.map((instance) => instanceEntry(instance, id, state)),
      ...others.map((process) => processEntry(process, id)),
    ],
  });
}

function processEntry({ pid, name, vram_used }: GpuProcess, gpu: string): TreeEntry {
  return entry({
    id: `${gpu}/${pid}`,
    kind: 'process',
    label: plain(name ?? t('process {0}', pid)),
    description: size(vram_used),
    tooltip: t('Process {0} holds {1} of VRAM. It is not VRAMesh’s.', pid, size(vram_used)),
    icon: 'server-process',
    subject: String(pid),
  });
}

function cpuEntry({ node_id, name, node_profile: { memory, system } }: Node): TreeEntry {
  const used = memory.ram_total - memory.ram_available;
  return entry({
    id: `${node_id}/cpu`,
    kind: 'cpu',
    label: t('CPU'),
    description: `${percent(system.cpu_usage)} · ${t('{0} of {1} GiB', inGib(used), inGib(memory.ram_total))}`,
    tooltip: t('No GPU was found on this machine: models run on the CPU, in its RAM.'),
    icon: 'circuit-board',
    where: { nodeId: node_id, gpuIndex: null, name: plain(name) },
  });
}

function instanceEntry(instance: Instance, parent: string, all: State): TreeEntry {
  const { id, model, state, progress, error, note, tokens_per_second } = instance;
  const loads = state === 'placing' || state === 'loading';
  const parts = [
    loads && progress !== null ? `${instanceWords[state]} ${percent(progress * 100)}` : instanceWords[state],
    ...(all.completing === id ? [t('completes')] : []),
  ];
  return entry({
    id: `${parent}/instance-${id}`,
    kind: 'instance',
    label: plain(model.name),
    description: parts.join(' · '),
    tooltip: [
      `${plain(id)}: ${instanceWords[state]}, ${tokensPerSecond(tokens_per_second)}`,
      ...[error, note].filter((line) => line !== null).map(plain),
    ].join('\n'),
    icon: instanceIcons[state],
    subject: id,
  });
}
