/**
 * The table of `vramesh status`: a block per node with its GPUs, then the placed models. Pure. What a device does not
 * report is "—". Names come from outside (drivers, processes, other nodes), so none reaches the terminal unchecked.
 */
import type { Gpu, Instance, Node, NodeProfile, State } from '#protocol';
import {
  type Colour,
  type Column,
  createPaint,
  layOutTable,
  type Paint,
  plain,
  type Row,
  wrap,
} from './terminal-text';

const narrowest = 60;
const widest = 120;
const unknown = '—';
/** °C from which a GPU is shown as hot. */
const hot = 85;
/** Processes that are listed per GPU; the rest is counted. */
const listedProcesses = 8;

interface Look {
  readonly width: number;
  readonly paint: Paint;
}

/** `width` in terminal columns; lines are 60 to 120 columns long. No line ends with a line break. */
export function statusTable(state: State, options: { width: number; color: boolean }): string {
  const look: Look = {
    width: Math.min(Math.max(options.width, narrowest), widest),
    paint: createPaint(options.color),
  };
  const blocks = [
    ...state.topology.nodes.flatMap((node) => nodeBlocks(node, look)),
    instanceBlock(state.instances, look),
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
    [hostLine(node.node_profile)],
  ];
}

function headerLines(node: Node, { width, paint }: Look): string[] {
  const { driver_version, cuda_version } = node.node_profile;
  const facts = [
    `VRAMesh ${plain(node.version)}`,
    plain(node.name),
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

const instanceColumns: readonly Column[] = [
  { title: 'Model', flexible: true },
  { title: 'State' },
  { title: 'Backend' },
  { title: 'GPU layers', align: 'right' },
  { title: 'Context', align: 'right' },
  { title: 'Tokens/s', align: 'right' },
];

function instanceBlock(instances: readonly Instance[], look: Look): string[] {
  if (instances.length === 0) return [' No model is placed: vramesh place MODEL'];
  return layOutTable(
    instanceColumns,
    instances.map((instance) => instanceRow(instance, look)),
    look.width,
    look.paint,
  );
}

function instanceRow(instance: Instance, look: Look): Row {
  const { model, state, progress, backend, layers, layers_on_gpu, context_size, tokens_per_second } =
    instance;
  const colours = { ready: 'green', loading: 'cyan', restarting: 'yellow', failed: 'red' } as const;
  const stateText = state === 'loading' && progress !== null ? `loading ${percent(progress * 100)}` : state;
  return {
    cells: [
      plain(model.name),
      { text: stateText, colour: colours[state] },
      orUnknown(backend, (name) => name),
      ofTotal(layers_on_gpu, layers, String, '/', ''),
      orUnknown(context_size, String),
      orUnknown(tokens_per_second, (speed) => speed.toFixed(1)),
    ],
    below: [
      ...(instance.error === null
        ? []
        : noteLines(look, state === 'failed' ? 'red' : 'yellow', '  Error:', instance.error)),
      ...(instance.note === null ? [] : noteLines(look, 'dim', '  Note:', instance.note)),
    ],
  };
}

/** Words that must be readable whole: wrapped, not cut. */
function noteLines({ width, paint }: Look, colour: Colour, label: string, text: string): string[] {
  const margin = ' '.repeat(label.length + 2);
  return wrap(plain(text), width - margin.length).map((line, index) => {
    return paint(colour, index === 0 ? ` ${label} ${line}` : `${margin}${line}`);
  });
}

function orUnknown<Value>(value: Value | null, show: (value: Value) => string): string {
  return value === null ? unknown : show(value);
}

/** "84/130 W"; one "—" when neither is known. */
function ofTotal(
  part: number | null,
  total: number | null,
  show: (value: number) => string,
  of: string,
  unit: string,
): string {
  if (part === null && total === null) return unknown;
  return `${orUnknown(part, show)}${of}${orUnknown(total, show)}${unit}`;
}

const whole = (value: number): string => String(Math.round(value));
const percent = (value: number): string => `${Math.round(value)}%`;
const gib = (value: number): string => (value / 1024 ** 3).toFixed(1);
const bytes = (value: number): string => {
  return value < 1024 ** 3 ? `${Math.round(value / 1024 ** 2)} MiB` : `${gib(value)} GiB`;
};
