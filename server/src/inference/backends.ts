/** Which backends to try, in which order. A GPU backend is tried only where a GPU is known: Vulkan in software is slow. */
import { type Backend, backendSchema } from '#protocol';
import { LoadError } from './errors';

export interface BackendFacts {
  /** `VRAMESH_BACKEND` */
  readonly requested: string | undefined;
  readonly nvidiaGpu: boolean;
  /** of NVIDIA's driver, "535.183.01" */
  readonly driverVersion: string | null;
  /** a GPU of another vendor */
  readonly otherGpu: boolean;
  readonly platform: NodeJS.Platform;
}

export interface BackendChoice {
  /** In the order to try. */
  readonly backends: Backend[];
  /** An NVIDIA GPU is there and CUDA was not ruled out: to end up without CUDA deserves a warning. */
  readonly cudaExpected: boolean;
  readonly warnings: string[];
}

/** The first driver that runs CUDA 12. */
export const OLDEST_DRIVER = 525;

export const backendNames: Record<Backend, string> = {
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  metal: 'Metal',
  cpu: 'CPU',
};

/** @throws LoadError for a request that names no backend. */
export function chooseBackends(facts: BackendFacts): BackendChoice {
  const requested = parseRequest(facts.requested);
  const cudaExpected =
    facts.nvidiaGpu && facts.platform !== 'darwin' && (requested === 'auto' || requested === 'cuda');
  const obstacles = new Map<Backend, string | null>([
    ['cuda', obstacleToCuda(facts)],
    ['vulkan', obstacleToVulkan(facts)],
    ['metal', facts.platform === 'darwin' ? null : 'Metal is for macOS only'],
    ['cpu', null],
  ]);

  if (requested !== 'auto') {
    const obstacle = obstacles.get(requested) ?? null;
    if (obstacle === null) return { backends: withCpu([requested]), cudaExpected, warnings: [] };
    const warning = `VRAMESH_BACKEND is "${requested}", but ${obstacle}: using the CPU.`;
    return { backends: ['cpu'], cudaExpected, warnings: [warning] };
  }

  const backends = [...obstacles].flatMap(([backend, obstacle]) => (obstacle === null ? [backend] : []));
  const oldDriver = facts.nvidiaGpu ? obstacles.get('cuda') : null;
  return { backends, cudaExpected, warnings: oldDriver ? [`CUDA is not used: ${oldDriver}.`] : [] };
}

/** The driver's first number, or null when the version is unknown. */
export function majorVersion(driverVersion: string | null): number | null {
  const major = Number.parseInt(driverVersion ?? '', 10);
  return Number.isNaN(major) ? null : major;
}

function parseRequest(requested: string | undefined): Backend | 'auto' {
  const name = requested?.trim().toLowerCase() || 'auto';
  if (name === 'auto') return name;
  const backend = backendSchema.safeParse(name);
  if (backend.success) return backend.data;
  throw new LoadError(
    'backend',
    `VRAMESH_BACKEND is "${requested}". Set it to auto, cuda, vulkan, metal or cpu.`,
  );
}

function obstacleToCuda({ platform, nvidiaGpu, driverVersion }: BackendFacts): string | null {
  if (platform === 'darwin') return 'there is no CUDA for macOS';
  if (!nvidiaGpu) return 'no NVIDIA GPU was found';
  const major = majorVersion(driverVersion);
  if (major === null || major >= OLDEST_DRIVER) return null;
  return `NVIDIA's driver ${driverVersion} is too old, CUDA needs ${OLDEST_DRIVER} or newer`;
}

function obstacleToVulkan({ platform, nvidiaGpu, otherGpu }: BackendFacts): string | null {
  if (platform === 'darwin') return 'macOS has Metal in place of Vulkan';
  return nvidiaGpu || otherGpu ? null : 'no GPU was found';
}

function withCpu(backends: Backend[]): Backend[] {
  return backends.includes('cpu') ? backends : [...backends, 'cpu'];
}
