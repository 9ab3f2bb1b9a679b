/** Which of this machine's GPUs llama.cpp can use, and through which backend. Asked by whoever places or diagnoses. */
import type { Backend, Check, Gpu, NodeProfile } from '#protocol';
import {
  type BackendChoice,
  type CudaLack,
  chooseBackends,
  contextOverheadBytes,
  createLibraryFinder,
  type FetchedRuntime,
  inspectBackends,
  type LoadPlan,
  lackForCuda,
  llamaVersion,
  variantsAt,
  visibleGpus,
} from './inference';
import type { GpuBackend } from './planner';
import { version } from './version';

export interface GpuAccess {
  /** The backends to try, in order. */
  choose(): BackendChoice;
  /** What each backend has or lacks here. */
  inspect(): Promise<Check[]>;
  /** The GPUs that an engine may be given. */
  usableGpus(): LoadPlan['gpus'];
  backend(): Promise<GpuBackend & { readonly cudaMissing: boolean }>;
  /** What would have to be fetched for CUDA; `null`: nothing. Rejects, in words, where that would not help. */
  lack(): Promise<CudaLack | null>;
}

export function createGpuAccess(parts: {
  readonly env: NodeJS.ProcessEnv;
  profile(): NodeProfile;
  readonly programFolder: string;
  readonly fetched: FetchedRuntime;
}): GpuAccess {
  const { VRAMESH_BACKEND: requested, CUDA_VISIBLE_DEVICES: list } = parts.env;
  const hasVariant = variantsAt(parts.programFolder, parts.fetched);
  const facts = () => {
    const { gpus, driver_version } = parts.profile();
    return {
      requested,
      nvidiaGpu: gpus.some((gpu) => gpu.vendor === 'nvidia'),
      driverVersion: driver_version,
      otherGpu: gpus.some((gpu) => gpu.vendor !== 'nvidia'),
      platform: process.platform,
      arch: process.arch,
    };
  };
  /** GPUs of NVIDIA that are not there for this user's programs. */
  const isHidden = ({ index, vendor }: Gpu) => {
    const ofNvidia = parts.profile().gpus.filter((gpu) => gpu.vendor === 'nvidia');
    return vendor === 'nvidia' && !visibleGpus(ofNvidia, list).some((gpu) => gpu.index === index);
  };
  const choose = () => chooseBackends(facts());
  const look = () => createLibraryFinder(parts.fetched.libraryFolders());
  const inspect = async () => inspectBackends(facts(), await look(), hasVariant);
  // Another release of llama.cpp has other buffers and knows other tokens, and another one of ours counts differently.
  const versions = [llamaVersion(parts.programFolder), version];
  // What is installed changes rarely, and looking costs a process: once for the life of the host.
  let finder: ReturnType<typeof createLibraryFinder> | null = null;

  async function backend() {
    const { backends } = choose();
    finder ??= look();
    const checks = new Map(
      inspectBackends(facts(), await finder, hasVariant).map((check) => [check.name, check]),
    );
    const lack = (name: Backend): Check | null => {
      const check = checks.get(`${labels[name]} backend`);
      return check === undefined || check.status === 'ok' ? null : check;
    };
    const onGpu = backends.filter((name) => name !== 'cpu');
    const usable = (vendor: Gpu['vendor']) =>
      onGpu.find((name) => lack(name) === null && (name !== 'cuda' || vendor === 'nvidia'));
    const first = usable('nvidia');
    return {
      name: first ?? ('cpu' as const),
      key: [first ?? 'cpu', parts.profile().gpus.length, ...versions].join(':'),
      overheadBytes: contextOverheadBytes[first ?? 'cpu'],
      cudaMissing: first !== 'cuda',
      obstacle(gpu: Gpu): string | null {
        if (isHidden(gpu)) return `CUDA_VISIBLE_DEVICES, which is "${list}", does not name it`;
        if (usable(gpu.vendor) !== undefined) return null;
        if (onGpu.length === 0) return `llama.cpp is to use the CPU (VRAMESH_BACKEND is "${requested}")`;
        const missing = onGpu.map((name) => lack(name)).filter((check) => check !== null);
        return `llama.cpp cannot use it: ${missing.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`;
      },
    };
  }

  return {
    choose,
    inspect,
    backend,
    lack: async () => lackForCuda(facts(), await look(), hasVariant, parts.programFolder),
    usableGpus: () =>
      parts
        .profile()
        .gpus.filter((gpu) => gpu.status === 'ok' && !gpu.mig_enabled && !isHidden(gpu))
        .map(({ index, uuid }) => ({ index, uuid })),
  };
}

const labels: Record<Backend, string> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal', cpu: 'CPU' };
