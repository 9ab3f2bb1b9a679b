/** What a loaded model really holds on each device, beside what its preview said. */
import type { EngineBuffer, MeasuredMemory, Preview, Share } from '#protocol';
import type { Engine } from './engine';
import type { Planner } from './planner';

export interface MeasuringParts {
  readonly nodeId: string;
  readonly planner: Pick<Planner, 'heldBytes'>;
}

export function measuredMemory(
  preview: Preview,
  { pid, model }: Engine,
  { nodeId, planner }: MeasuringParts,
): MeasuredMemory[] {
  const names = bufferNames(preview.shares, nodeId);
  return preview.shares.map((share, position) => {
    const isRemote = share.node_id !== nodeId;
    return {
      node_id: share.node_id,
      device_id: share.device_id,
      predicted_bytes: share.total_bytes,
      buffers_bytes: sumOf(model.buffers, names[position] ?? isCpu),
      driver_bytes: share.gpu_index !== null && !isRemote ? planner.heldBytes(share.device_id, pid) : null,
    };
  });
}

/** How llama.cpp names the buffers of each share. */
function bufferNames(shares: readonly Share[], nodeId: string): ((device: string) => boolean)[] {
  let gpus = 0;
  let remote = 0;
  let run = { nodeId: '', first: 0 };
  return shares.map(({ node_id, gpu_index }) => {
    const isFirstOfRun = node_id !== run.nodeId;
    if (isFirstOfRun) run = { nodeId: node_id, first: remote };
    if (node_id === nodeId) return gpu_index === null ? isCpu : isGpu(gpus++);
    const name = `RPC${remote - run.first}[${run.first}:0]`;
    remote += 1;
    return (device) => device === name;
  });
}

/** llama.cpp numbers the GPUs that its process sees: "CUDA0", "Vulkan1". */
function isGpu(number: number): (device: string) => boolean {
  return (device) => /^[A-Za-z]+(\d+)$/.exec(device)?.[1] === String(number);
}

/** "CPU", "CPU_Mapped", and what lies in RAM for a GPU's sake: "CUDA_Host". */
function isCpu(device: string): boolean {
  return device.startsWith('CPU') || device.endsWith('_Host');
}

/**
 * Weights that the CPU has arranged anew ("CPU_Repack") are still mapped from the file as well ("CPU_Mapped"), but nobody
 * reads them there: they count once.
 */
function sumOf(buffers: readonly EngineBuffer[], isHere: (device: string) => boolean): number | null {
  const here = buffers.filter(({ device }) => isHere(device));
  if (here.length === 0) return null;
  const sum = (which: (device: string) => boolean) =>
    here.reduce((all, { device, bytes }) => all + (which(device) ? bytes : 0), 0);
  const mapped = sum((device) => device === 'CPU_Mapped');
  const repacked = sum((device) => /^CPU_REPACK$/i.test(device));
  return sum(() => true) - Math.min(mapped, repacked);
}
