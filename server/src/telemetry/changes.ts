/** What of the samples goes to the log: which GPUs there are, and what changes about them. Never the readings. */
import type { Logger } from 'pino';
import type { Gpu, NodeProfile } from '#protocol';
import { noNvidiaGpu } from './problems';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The line of the contract: `GPU detected: NVIDIA GeForce RTX 3050 (8 GB VRAM)`, where GB are whole GiB. */
export function detectedLine(gpu: Gpu): string {
  if (gpu.vram_total === null) return `GPU detected: ${fullName(gpu)}`;
  const gib = Math.round(gpu.vram_total / GIB);
  const size = gib > 0 ? `${gib} GB` : `${Math.round(gpu.vram_total / MIB)} MB`;
  return `GPU detected: ${fullName(gpu)} (${size} VRAM)`;
}

/** Drivers before 470 leave the maker out. */
function fullName({ name, vendor }: Gpu): string {
  return vendor === 'nvidia' && !name.startsWith('NVIDIA ') ? `NVIDIA ${name}` : name;
}

/** Returns a function that logs what is new in a profile. */
export function createChangeLog(log: Logger): (profile: NodeProfile) => void {
  const statuses = new Map<number, Gpu['status']>();
  const detected = new Set<number>();
  let problem: string | null = null;

  function logGpu(gpu: Gpu): void {
    const before = statuses.get(gpu.index);
    statuses.set(gpu.index, gpu.status);
    if (gpu.status === 'ok' && !detected.has(gpu.index)) {
      detected.add(gpu.index);
      log.info(detectedLine(gpu));
    } else if (gpu.status !== before) {
      const which = `GPU ${gpu.index}, ${fullName(gpu)}`;
      if (gpu.status === 'lost')
        log.warn(`${which}, is lost: its driver no longer reaches it. It is looked for.`);
      else if (gpu.status === 'asleep') log.info(`${which}, is asleep and left sleeping.`);
      else log.info(before === 'lost' ? `${which}, is back.` : `${which}, is awake.`);
    }
  }

  return (profile) => {
    for (const gpu of profile.gpus) logGpu(gpu);
    if (profile.gpu_problem === problem) return;
    problem = profile.gpu_problem;
    if (problem === noNvidiaGpu) log.info(problem);
    else if (problem !== null) log.warn(problem);
  };
}
