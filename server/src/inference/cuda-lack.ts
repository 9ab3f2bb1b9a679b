/** What would have to be fetched so that llama.cpp runs on CUDA here. */
import { type BackendFacts, OLDEST_DRIVER } from './backends';
import { closestToCuda, isComplete, missingForCuda } from './cuda-runtime';
import type { FindLibrary } from './shared-libraries';
import { type HasVariant, llamaVersion, packageOf } from './variants';

export interface CudaLack {
  /** Major version of CUDA. */
  readonly cuda: number;
  /** Names of npm packages. */
  readonly packages: readonly string[];
  /** Of these packages. */
  readonly version: string;
  /** File names of CUDA's libraries. */
  readonly libraries: readonly string[];
}

/** Where what is missing can be fetched. */
export function isFetchable(platform: NodeJS.Platform, arch: string): boolean {
  return platform === 'linux' && arch === 'x64';
}

/** `null`: nothing is missing. Throws, in words, where CUDA is not to be had by fetching. */
export function lackForCuda(
  facts: BackendFacts & { readonly arch: string },
  find: FindLibrary,
  hasVariant: HasVariant,
  programFolder: string,
): CudaLack | null {
  if (!facts.nvidiaGpu)
    throw new Error(
      'No NVIDIA GPU was found, or its driver is not installed. Nothing was fetched: "vramesh doctor" says more.',
    );
  if (!isFetchable(facts.platform, facts.arch))
    throw new Error(
      `For ${facts.platform}-${facts.arch} nothing can be fetched: install NVIDIA's CUDA toolkit. Nothing was changed.`,
    );
  const missing = missingForCuda(facts, find, hasVariant);
  if (missing.some(isComplete)) return null;
  const closest = closestToCuda(missing);
  if (closest === null)
    throw new Error(
      `NVIDIA's driver ${facts.driverVersion} is too old: CUDA needs ${OLDEST_DRIVER} or newer. Nothing was fetched.`,
    );
  const version = llamaVersion(programFolder);
  if (version === null) throw new Error('node-llama-cpp is not installed. Install VRAMesh again.');
  const { version: cuda, variants, libraries } = closest;
  return { cuda, packages: variants.map(packageOf), version, libraries };
}
