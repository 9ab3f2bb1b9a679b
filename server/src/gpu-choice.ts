/**
 * Which backend computes on this machine's GPUs, and why a GPU is not used. It is one backend for all of them: an engine has
 * but one, and a GPU that needs another cannot hold layers beside the others. Pure.
 */
import type { Backend, Gpu } from '#protocol';
import { visibleGpus } from './inference';

export interface GpuChoiceFacts {
  /** Of this machine, in the order of the PCI bus. */
  readonly gpus: readonly Gpu[];
  /** In the order to try. */
  readonly backends: readonly Backend[];
  /** `VRAMESH_BACKEND` */
  readonly requested: string | undefined;
  /** `CUDA_VISIBLE_DEVICES` */
  readonly visible: string | undefined;
  /** What this machine lacks for a backend, in words; `null`: nothing. */
  lack(backend: Backend): string | null;
}

export interface GpuChoice {
  readonly backend: Backend;
  /** Why llama.cpp cannot use this GPU, in words, or the user does not want it to; `null`: it can. */
  obstacle(gpu: Gpu): string | null;
  /** The GPU to ask what buffers a model has there; `null`: none can be asked now. */
  readonly asked: Gpu | null;
}

export function computesOn(backend: Backend, { vendor }: Pick<Gpu, 'vendor'>): boolean {
  return backend !== 'cuda' || vendor === 'nvidia';
}

export function chooseGpuBackend({ gpus, backends, requested, visible, lack }: GpuChoiceFacts): GpuChoice {
  const onGpu = backends.filter((name) => name !== 'cpu');
  const complete = onGpu.filter((name) => lack(name) === null);
  const ofNvidia = gpus.filter(({ vendor }) => vendor === 'nvidia');
  const shown = new Set(visibleGpus(ofNvidia, visible).map(({ index }) => index));
  const isHidden = ({ vendor, index }: Gpu) => vendor === 'nvidia' && !shown.has(index);
  // One that sleeps counts: it will wake.
  const present = gpus.filter((gpu) => gpu.status !== 'lost' && !gpu.mig_enabled && !isHidden(gpu));
  const backend =
    complete.find((name) => present.some((gpu) => computesOn(name, gpu))) ?? complete[0] ?? 'cpu';

  function obstacle(gpu: Gpu): string | null {
    if (isHidden(gpu)) return `CUDA_VISIBLE_DEVICES, which is "${visible}", does not name it`;
    if (backend !== 'cpu' && computesOn(backend, gpu)) return null;
    if (onGpu.length === 0) return `llama.cpp is to use the CPU (VRAMESH_BACKEND is "${requested}")`;
    if (complete.some((name) => computesOn(name, gpu)))
      return `llama.cpp computes with CUDA here, which is for NVIDIA's GPUs alone; with VRAMESH_BACKEND=vulkan it computes on all of them`;
    const missing = onGpu.filter((name) => computesOn(name, gpu)).flatMap((name) => lack(name) ?? []);
    return `llama.cpp cannot use it: ${missing.join('; ')}`;
  }

  const awake = present.filter((gpu) => gpu.status === 'ok' && obstacle(gpu) === null);
  return { backend, obstacle, asked: awake[0] ?? null };
}
