/** The tree of machines, their GPUs, what runs there, and the placed models, from the host's state. Pure. */
import { type Gpu, type Instance, type LentShard, machineOf, type Node, type State } from '#protocol';
import { bytesPerSecond, inGib, percent, plain, size, tokensPerSecond, unknown } from './format';

/** Menus of the manifest go by it. */
export type TreeKind =
  | 'thisMachine'
  | 'machine'
  | 'gpu'
  | 'process'
  | 'instance'
  | 'lent'
  | 'cpu'
  | 'invitation';

export interface TreeEntry {
  /** The same thing has the same id from state to state. */
  readonly id: string;
  readonly kind: TreeKind;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** Of VS Code's icons. */
  readonly icon: string;
  /** What its actions are about: the id of a machine or of an instance. */
  readonly subject: string;
  readonly children: readonly TreeEntry[];
}

export function treeOf(state: State): TreeEntry[] {
  const { nodes } = state.topology;
  const machines = nodes.map((node) => machineEntry(node, state));
  return nodes.length > 1 ? machines : [...machines, invitation];
}

const invitation: TreeEntry = {
  id: 'invitation',
  kind: 'invitation',
  label: 'No other machines yet',
  description: 'invite one',
  tooltip: 'Machines that trust each other share their GPUs.',
  icon: 'add',
  subject: '',
  children: [],
};

function machineEntry(node: Node, state: State): TreeEntry {
  const { node_id: id, name, status, version, requests, node_profile: profile } = node;
  const link = state.topology.connections.find(({ to }) => to === id);
  const instances = state.instances.filter(({ node_id }) => node_id === id);
  const roundTrip = link?.round_trip_ms ?? null;
  const linkText = link
    ? `Round trip ${roundTrip === null ? unknown : `${roundTrip.toFixed(1)} ms`}, ${bytesPerSecond(link.bytes_per_second)}`
    : null;
  return {
    id,
    kind: status === 'this' ? 'thisMachine' : 'machine',
    label: plain(name),
    description: status === 'this' ? 'this machine' : status,
    tooltip: [`VRAMesh ${plain(version)}, node ${id.slice(0, 12)}`, linkText, `${requests} completions now`]
      .filter((line) => line !== null)
      .join('\n'),
    icon: status === 'gone' ? 'debug-disconnect' : status === 'suspect' ? 'warning' : 'vm',
    subject: id,
    children: [
      ...profile.gpus.map((gpu) => gpuEntry(gpu, id)),
      ...(profile.gpus.length === 0 ? [cpuEntry(node)] : []),
      ...instances.map((instance) => instanceEntry(instance, state)),
      ...node.lent.map((shard) => lentEntry(shard, id)),
    ],
  };
}

/** What it holds for the engine of another machine. */
function lentEntry(
  { node_id, node_name, model, devices, used_bytes }: LentShard,
  machine: string,
): TreeEntry {
  const promised = devices.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    id: `${machine}/lent-${node_id}-${model}`,
    kind: 'lent',
    label: plain(model),
    description: `for ${plain(node_name)} · ${size(promised)}`,
    tooltip: `Layers of ${plain(model)}, which ${plain(node_name)} runs: ${size(used_bytes)} used of ${size(promised)} lent.`,
    icon: 'layers',
    subject: node_id,
    children: [],
  };
}

function gpuEntry(gpu: Gpu, machine: string): TreeEntry {
  const { index, name, vram_used, vram_total, gpu_usage, temp, power_watts, status, processes } = gpu;
  const memory = `${inGib(vram_used)} of ${inGib(vram_total)} GiB`;
  const degrees = temp === null ? unknown : `${temp} °C`;
  const watts = power_watts === null ? unknown : `${Math.round(power_watts)} W`;
  return {
    id: `${machine}/gpu-${index}`,
    kind: 'gpu',
    label: plain(name),
    description: status === 'ok' ? `${percent(gpu_usage)} · ${memory}` : status,
    tooltip: `GPU ${index}: ${percent(gpu_usage)} busy, ${memory} of VRAM used, ${degrees}, ${watts}`,
    icon: status === 'lost' ? 'error' : 'chip',
    subject: machine,
    children: (processes ?? []).map(({ pid, name: program, vram_used: held }) => ({
      id: `${machine}/gpu-${index}/${pid}`,
      kind: 'process',
      label: plain(program ?? `process ${pid}`),
      description: size(held),
      tooltip: `Process ${pid} holds ${size(held)} of VRAM.`,
      icon: 'server-process',
      subject: machine,
      children: [],
    })),
  };
}

function cpuEntry({ node_id, node_profile: { memory, system } }: Node): TreeEntry {
  const used = memory.ram_total - memory.ram_available;
  return {
    id: `${node_id}/cpu`,
    kind: 'cpu',
    label: 'CPU',
    description: `${percent(system.cpu_usage)} · ${inGib(used)} of ${inGib(memory.ram_total)} GiB`,
    tooltip: 'No GPU was found on this machine.',
    icon: 'circuit-board',
    subject: node_id,
    children: [],
  };
}

const icons: Record<Instance['state'], string> = {
  placing: 'loading~spin',
  loading: 'loading~spin',
  restarting: 'loading~spin',
  ready: 'sparkle',
  idle: 'debug-pause',
  failed: 'error',
};

function instanceEntry(
  { id, model, state, progress, error, note, tokens_per_second, node_id }: Instance,
  all: State,
): TreeEntry {
  const far = progress === null ? '' : ` ${percent(progress * 100)}`;
  const isCompleting = all.completing === id ? ' · completes' : '';
  const machine = machineOf(node_id, all);
  return {
    id: `instance/${id}`,
    kind: 'instance',
    label: plain(model.name),
    description: `${state}${far}${isCompleting}`,
    tooltip: [
      `${plain(id)}${machine === null ? '' : ` on ${plain(machine)}`}: ${state}, ${tokensPerSecond(tokens_per_second)}`,
      error && plain(error),
      note && plain(note),
    ]
      .filter((line) => line)
      .join('\n'),
    icon: icons[state],
    subject: id,
    children: [],
  };
}
