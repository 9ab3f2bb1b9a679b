/** What llama.cpp's CUDA backends need of a machine beside its driver, and what of it is missing. */
import { type BackendFacts, majorVersion, OLDEST_DRIVER } from './backends';
import type { FindLibrary } from './shared-libraries';
import type { HasVariant, Variant } from './variants';

/** A release of CUDA that there is a backend for. */
interface CudaRuntime {
  /** Major version. */
  readonly version: number;
  /** NVIDIA's first driver for it */
  readonly driver: number;
  readonly variants: readonly Variant[];
}

export interface MissingForCuda {
  readonly version: number;
  readonly variants: readonly Variant[];
  /** File names. */
  readonly libraries: readonly string[];
}

/** The fallback for CUDA 12 is an addition to the variant for 13, not another one. */
const RUNTIMES: readonly CudaRuntime[] = [
  { version: 13, driver: 580, variants: ['cuda'] },
  { version: 12, driver: OLDEST_DRIVER, variants: ['cuda', 'cuda-ext'] },
];

/** For each runtime that the driver can run, the newest first; empty: it is too old for all of them. */
export function missingForCuda(
  { driverVersion, platform }: Pick<BackendFacts, 'driverVersion' | 'platform'>,
  find: FindLibrary,
  hasVariant: HasVariant,
): MissingForCuda[] {
  const driver = majorVersion(driverVersion);
  return RUNTIMES.filter((runtime) => driver === null || driver >= runtime.driver).map(
    ({ version, variants }) => ({
      version,
      variants: variants.filter((variant) => !hasVariant(variant)),
      libraries: cudaLibraries(version, platform).filter((name) => find(name) === null),
    }),
  );
}

export function isComplete({ variants, libraries }: MissingForCuda): boolean {
  return variants.length + libraries.length === 0;
}

/** The one that lacks least; `null`: there is none. */
export function closestToCuda(missing: readonly MissingForCuda[]): MissingForCuda | null {
  const count = ({ variants, libraries }: MissingForCuda) => variants.length + libraries.length;
  return [...missing].sort((one, other) => count(one) - count(other))[0] ?? null;
}

/** File names, of one release or of all. */
export function cudaLibraries(version: number, platform: NodeJS.Platform): string[] {
  return ['cudart', 'cublas', 'cublasLt'].map((name) =>
    platform === 'win32' ? `${name}64_${version}.dll` : `lib${name}.so.${version}`,
  );
}

export const allCudaLibraries = (platform: NodeJS.Platform): string[] =>
  RUNTIMES.flatMap(({ version }) => cudaLibraries(version, platform));
