/** What the page says of a machine and of the link to it. Pure. */
import type { Connection, LinkStatus, Node, State } from '#protocol';
import { bytes, bytesOf, bytesPerSecond, milliseconds, outside, percent, plural, unknown } from './format';
import type { DetailGroup } from './gpu-details';
import type { Reading } from './gpu-words';

export const statusText: Record<LinkStatus, string> = {
  this: 'this machine',
  online: 'online',
  suspect: 'not answering',
  gone: 'gone',
};

export const statusMeaning: Record<LinkStatus, string> = {
  this: 'The machine that this page comes from.',
  online: 'Connected, and it answers.',
  suspect: 'It has said nothing for two seconds. What is shown may be old.',
  gone: 'There is no connection. What is shown is the last that was known.',
};

/** "0.4 ms · 112 MiB/s" */
export function linkText(link: Connection | null): string {
  if (link === null) return `${unknown} · ${unknown}`;
  return `${milliseconds(link.round_trip_ms)} · ${bytesPerSecond(link.bytes_per_second)}`;
}

export function spokenLink(link: Connection | null, name: string): string {
  if (link === null) return `No link to ${name} now`;
  return `Link to ${name}: round trip ${milliseconds(link.round_trip_ms)}, throughput ${bytesPerSecond(link.bytes_per_second)}`;
}

/** The first one: the others are in the title. */
export function addressText({ addresses, status }: Node): string {
  const [first] = addresses;
  if (first !== undefined) return outside(first, 60);
  return status === 'this' ? 'not listening for other machines' : `address ${unknown}`;
}

export function versionText({ version, node_profile: { driver_version, cuda_version } }: Node): string {
  const parts = [`VRAMesh ${version === '' ? unknown : outside(version, 40)}`];
  if (driver_version !== null) parts.push(`driver ${outside(driver_version, 40)}`);
  if (cuda_version !== null) parts.push(`CUDA ${outside(cuda_version, 40)}`);
  return parts.join(' · ');
}

/** "8 × NVIDIA A100, 64.2 of 640.0 GiB", "2 GPUs, …", or what there is instead. */
export function gpuSummary({ node_profile: { gpus, memory } }: Node): string {
  const names = new Set(gpus.map(({ name }) => name));
  const [name] = names;
  if (name === undefined) return 'no GPU';
  const each = `${gpus.length > 1 ? `${gpus.length} × ` : ''}${outside(name, 60)}`;
  const what = names.size > 1 ? plural(gpus.length, 'GPU') : each;
  return `${what}, ${bytesOf(memory.gpu_vram_used, memory.gpu_vram_total)}`;
}

export function processorReadings({ node_profile: { memory, system } }: Node): Reading[] {
  const { swap_total, swap_available } = memory;
  const swapUsed = swap_total === null || swap_available === null ? null : swap_total - swap_available;
  return [
    { label: 'CPU', value: percent(system.cpu_usage) },
    { label: 'Swap', value: swap_total === 0 ? 'none' : bytesOf(swapUsed, swap_total) },
  ];
}

export function memoryDetails({ node_profile: { memory, system } }: Node): DetailGroup {
  return {
    title: 'Machine',
    rows: [
      { label: 'RAM', value: bytes(memory.ram_total) },
      { label: 'Available', value: bytes(memory.ram_available) },
      { label: 'Swap', value: bytes(memory.swap_total) },
      { label: 'Swap available', value: bytes(memory.swap_available) },
      { label: 'CPU, of all cores', value: percent(system.cpu_usage) },
    ],
  };
}

/** Why no GPU is used; `null`: nothing to say. */
export function machineNotice({ node_profile: { gpus, gpu_problem } }: Node): string | null {
  if (gpus.length > 0) return gpu_problem === null ? null : outside(gpu_problem, 600);
  return outside(`No GPU is used: ${gpu_problem ?? 'none was found.'}`, 600);
}

/** "3 machines · 5 GPUs · 42.1 of 96.0 GiB VRAM in use", of machines that are there. */
export function clusterText({ topology: { nodes } }: State): string {
  const here = nodes.filter(({ status }) => status !== 'gone');
  const gpus = here.flatMap(({ node_profile }) => node_profile.gpus);
  const memory = gpus.filter(({ vram_total, vram_used }) => vram_total !== null && vram_used !== null);
  const total = memory.reduce((sum, { vram_total }) => sum + (vram_total ?? 0), 0);
  const used = memory.reduce((sum, { vram_used }) => sum + (vram_used ?? 0), 0);
  const gone = nodes.length - here.length;
  return [
    `${plural(here.length, 'machine')}${gone > 0 ? ` and ${gone} gone` : ''}`,
    gpus.length === 0 ? 'no GPU' : plural(gpus.length, 'GPU'),
    ...(memory.length > 0 ? [`${bytesOf(used, total)} of VRAM in use`] : []),
  ].join(' · ');
}
