/**
 * The table of `vramesh status`: a block per node with its GPUs, then the placed models, then what is being
 * fetched. Pure. What a device does not
 * report is "—". Names come from outside (drivers, processes, other nodes), so none reaches the terminal unchecked.
 */
import type { Gpu, Node, NodeProfile, State } from '#protocol';
import { downloadBlock } from './download-text';
import { bytes, gib, ofTotal, orUnknown, percent, unknown, whole } from './format';
import { instanceBlock } from './instance-rows';
import { createLook, type Look, noteLines } from './look';
import { type Column, layOutTable, plain, type Row, wrap } from './terminal-text';

/** °C from which a GPU is shown as hot. */
const hot = 85;
/** Processes that are listed per GPU; the rest is counted. */
const listedProcesses = 8;

/** No line ends with a line break. */
export function statusTable(state: State, options: Parameters<typeof createLook>[0]): string {
  const look = createLook(options);
  const downloads = downloadBlock(state.downloads, look);
  const blocks = [
    ...state.topology.nodes.flatMap((node) => nodeBlocks(node, look)),
    instanceBlock(state, look),
    ...(downloads.length > 0 ? [downloads] : []),
  ];
  return blocks
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join(`\n${look.paint('dim', '─'.repeat(look.width))}\n`);
}

function nodeBlocks(node: Node, look: Look): string[][] {
  const { gpus } = node.node_profile;
  const processes = processLines(gpus, look);
  return [
    headerLines(node, look),
    gpuLines(node.node_profile, look),
    ...(processes.length > 0 ? [processes] : []),
    [hostLine(node.node_profile), ...lentLines(node, look)],
  ];
}

function headerLines(node: Node, { width, paint }: Look): string[] {
  const { driver_version, cuda_version } = node.node_profile;
  const facts = [
    `VRAMesh ${plain(node.version)}`,
    plain(node.status === 'this' ? node.name : `${node.name} (${node.status})`),
    `driver ${orUnknown(driver_version, plain)}`,
    `CUDA ${orUnknown(cuda_version, plain)}`,
  ];
  return wrap(facts.join(' · '), width - 1).map((line) => ` ${paint('bold', line)}`);
}

const gpuColumns: readonly Column[] = [
  { title: 'GPU', align: 'right' },
  { title: 'Name', flexible: true },
  { title: 'Temp', align: 'right' },
  { title: 'Power', align: 'right' },
  { title: 'Util', align: 'right' },
  { title: 'Perf' },
  { title: 'Status' },
];

function gpuLines({ gpus, gpu_problem }: NodeProfile, look: Look): string[] {
  const problem =
    gpu_problem === null
      ? []
      : noteLines(look, 'yellow', gpus.length === 0 ? 'No GPU:' : 'NVML:', gpu_problem);
  if (gpus.length === 0) return problem.length > 0 ? problem : [' No GPU'];
  return [
    ...layOutTable(
      gpuColumns,
      gpus.map((gpu) => gpuRow(gpu, look)),
      look.width,
      look.paint,
    ),
    ...problem,
  ];
}

function gpuRow(gpu: Gpu, look: Look): Row {
  const statusColours = { ok: 'green', asleep: 'dim', lost: 'red' } as const;
  const isHot = gpu.temp !== null && gpu.temp >= Math.min(hot, gpu.temp_slowdown ?? hot);
  return {
    cells: [
      String(gpu.index),
      plain(gpu.name),
      { text: orUnknown(gpu.temp, (celsius) => `${Math.round(celsius)} °C`), colour: isHot ? 'red' : null },
      ofTotal(gpu.power_watts, gpu.power_limit_watts, whole, '/', ' W'),
      orUnknown(gpu.gpu_usage, percent),
      orUnknown(gpu.performance_state, (state) => `P${state}`),
      { text: gpu.status, colour: statusColours[gpu.status] },
    ],
    below: [vramLine(gpu, look), ...throttleLines(gpu, look)],
  };
}

function vramLine({ vram_used, vram_total }: Gpu, { width, paint }: Look): string {
  const share = vram_used === null || !vram_total ? null : Math.min(1, vram_used / vram_total);
  if (vram_total === null && vram_used === null) return `      VRAM ${unknown}`;
  const figures = ofTotal(vram_used, vram_total, gib, ' / ', ' GiB').padStart(17);
  const barWidth = width - 36;
  const filled = Math.round((share ?? 0) * barWidth);
  const colour = share !== null && share > 0.95 ? 'red' : share !== null && share > 0.8 ? 'yellow' : 'cyan';
  const bar = paint(colour, '█'.repeat(filled)) + paint('dim', '░'.repeat(barWidth - filled));
  return `      VRAM ${bar} ${figures} ${orUnknown(share, (part) => percent(part * 100)).padStart(4)}`;
}

function throttleLines({ throttle_reasons }: Gpu, look: Look): string[] {
  if (throttle_reasons === null || throttle_reasons.length === 0) return [];
  return noteLines(look, 'yellow', '     Slowed by:', throttle_reasons.join(', '));
}

const processColumns: readonly Column[] = [
  { title: 'GPU', align: 'right' },
  { title: 'PID', align: 'right' },
  { title: 'Process', flexible: true },
  { title: 'Kind' },
  { title: 'VRAM', align: 'right' },
];

function processLines(gpus: readonly Gpu[], { width, paint }: Look): string[] {
  const rows = gpus.flatMap((gpu): Row[] => {
    const largestFirst = [...(gpu.processes ?? [])].sort((a, b) => (b.vram_used ?? -1) - (a.vram_used ?? -1));
    const hidden = largestFirst.length - listedProcesses;
    const listed = largestFirst.slice(0, listedProcesses).map(({ pid, name, kind, vram_used }) => ({
      cells: [String(gpu.index), String(pid), orUnknown(name, plain), kind, orUnknown(vram_used, bytes)],
    }));
    const rest = { cells: [String(gpu.index), '', `… and ${hidden} more`] };
    return hidden > 0 ? [...listed, rest] : listed;
  });
  return rows.length === 0 ? [] : layOutTable(processColumns, rows, width, paint);
}

/** What engines of other machines use of it. */
function lentLines({ lent }: Node, look: Look): string[] {
  return lent.flatMap(({ node_name, model, devices, used_bytes }) => {
    const promised = devices.reduce((sum, device) => sum + device.bytes, 0);
    const words = `${bytes(promised)} to ${plain(node_name)} for ${plain(model)}, ${orUnknown(used_bytes, bytes)} used`;
    return noteLines(look, 'dim', 'Lent:', words);
  });
}

function hostLine({ memory, system }: NodeProfile): string {
  const use = (total: number | null, available: number | null) => {
    const used = total === null || available === null ? null : total - available;
    return ofTotal(used, total, gib, ' / ', ' GiB');
  };
  const facts = [
    `CPU ${orUnknown(system.cpu_usage, percent)}`,
    `RAM ${use(memory.ram_total, memory.ram_available)}`,
    ...(memory.swap_total === 0 ? [] : [`swap ${use(memory.swap_total, memory.swap_available)}`]),
  ];
  return ` ${facts.join(' · ')}`;
}
