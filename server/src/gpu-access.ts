/** Which of this machine's GPUs llama.cpp can use, and through which backend. Asked by whoever places or diagnoses. */
import type { Backend, Check, NodeProfile } from '#protocol';
import { chooseGpuBackend, computesOn } from './gpu-choice';
import {
  type AskedGpu,
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
} from './inference';
import type { GpuBackend } from './planner';
import { version } from './version';

export interface ChosenBackend extends GpuBackend {
  readonly cudaMissing: boolean;
  /** The GPU that tells what buffers a model has on GPUs; `null`: none can be asked now. */
  readonly asked: AskedGpu | null;
}

export interface GpuAccess {
  /** The backends to try, in order. */
  choose(): BackendChoice;
  /** Those of them that compute on all of these GPUs. */
  backendsFor(gpus: LoadPlan['gpus']): Backend[];
  /** What each backend has or lacks here. */
  inspect(): Promise<Check[]>;
  backend(): Promise<ChosenBackend>;
  /** What would have to be fetched for CUDA; `null`: nothing. Rejects, in words, where that would not help. */
  lack(): Promise<CudaLack | null>;
}

export function createGpuAccess(parts: {
  readonly env: NodeJS.ProcessEnv;
  profile(): NodeProfile;
  readonly programFolder: string;
  readonly fetched: FetchedRuntime;
}): GpuAccess {
  const { VRAMESH_BACKEND: requested, CUDA_VISIBLE_DEVICES: visible } = parts.env;
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
  const choose = () => chooseBackends(facts());
  const look = () => createLibraryFinder(parts.fetched.libraryFolders());
  const inspect = async () => inspectBackends(facts(), await look(), hasVariant);
  // Another release of llama.cpp has other buffers and knows other tokens, and another one of ours counts differently.
  const versions = [llamaVersion(parts.programFolder), version];
  // What is installed changes rarely, and looking costs a process: once for the life of the host.
  let finder: ReturnType<typeof createLibraryFinder> | null = null;

  async function backend(): Promise<ChosenBackend> {
    const { backends } = choose();
    finder ??= look();
    const checks = new Map(
      inspectBackends(facts(), await finder, hasVariant).map((check) => [check.name, check]),
    );
    const lack = (name: Backend): string | null => {
      const check = checks.get(`${labels[name]} backend`);
      return check === undefined || check.status === 'ok' ? null : `${check.name}: ${check.detail}`;
    };
    const { gpus } = parts.profile();
    const choice = chooseGpuBackend({ gpus, backends, requested, visible, lack });
    const { backend: name, asked, obstacle } = choice;
    return {
      name,
      asked: asked && { backend: name, gpu: { index: asked.index, uuid: asked.uuid } },
      // What the CPU guesses while all GPUs sleep is no answer of theirs.
      dryRuns: {
        backendKey: [...(asked === null ? ['cpu'] : [name, asked.name]), ...versions].join(':'),
        onGpu: asked !== null,
      },
      overheadBytes: contextOverheadBytes[name],
      cudaMissing: !backends.includes('cuda') || lack('cuda') !== null,
      obstacle,
    };
  }

  return {
    choose,
    backendsFor(planned) {
      const { gpus } = parts.profile();
      const meant = gpus.filter(({ index }) => planned.some((gpu) => gpu.index === index));
      return choose().backends.filter((name) => meant.every((gpu) => computesOn(name, gpu)));
    },
    inspect,
    backend,
    lack: async () => lackForCuda(facts(), await look(), hasVariant, parts.programFolder),
  };
}

const labels: Record<Backend, string> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal', cpu: 'CPU' };
