/** What a loaded model really holds on each device, beside what its preview said. */
import type { EngineBuffer, MeasuredMemory, Preview } from '#protocol';
import type { Engine } from './engine';
import type { Planner } from './planner';

export function measuredMemory(
  preview: Preview,
  { pid, backend, model }: Engine,
  planner: Pick<Planner, 'heldBytes'>,
): MeasuredMemory[] {
  let gpus = 0;
  return preview.shares.map((share) => {
    const onGpu = share.gpu_index !== null && backend !== 'cpu';
    const isHere = onGpu ? isGpu(gpus++) : isCpu;
    return {
      device_id: share.device_id,
      predicted_bytes: share.total_bytes,
      buffers_bytes: onGpu || share.gpu_index === null ? sumOf(model.buffers, isHere) : null,
      driver_bytes: onGpu ? planner.heldBytes(share.device_id, pid) : null,
    };
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

function sumOf(buffers: readonly EngineBuffer[], isHere: (device: string) => boolean): number | null {
  const here = buffers.filter(({ device }) => isHere(device));
  return here.length === 0 ? null : here.reduce((sum, { bytes }) => sum + bytes, 0);
}
