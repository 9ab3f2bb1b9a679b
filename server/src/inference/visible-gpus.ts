/**
 * Which of NVIDIA's GPUs are there for this user's programs: what `CUDA_VISIBLE_DEVICES` said where the host was started. A
 * batch system sets it to the GPUs of the job; the others are somebody else's. Pure.
 */
import type { PlannedGpu } from './gpu-environment';

/**
 * As CUDA reads the list: numbers, or uuids of which the beginning will do, up to the first entry that names none of them.
 * Numbers count in the order of the PCI bus, as nvidia-smi and batch systems do, whatever `CUDA_DEVICE_ORDER` says.
 * @param gpus all of NVIDIA's, in that order.
 * @param list undefined: all are visible.
 */
export function visibleGpus<Named extends PlannedGpu>(
  gpus: readonly Named[],
  list: string | undefined,
): readonly Named[] {
  if (list === undefined) return gpus;
  const visible: Named[] = [];
  for (const entry of list.split(',')) {
    const named = gpuNamed(entry.trim(), gpus);
    if (named === undefined) break;
    visible.push(named);
  }
  return visible;
}

function gpuNamed<Named extends PlannedGpu>(entry: string, gpus: readonly Named[]): Named | undefined {
  if (/^\d+$/.test(entry)) return gpus[Number(entry)];
  if (!entry.startsWith('GPU-')) return undefined;
  const [only, ...others] = gpus.filter(({ uuid }) => uuid?.startsWith(entry));
  return others.length === 0 ? only : undefined;
}
