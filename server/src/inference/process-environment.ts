/** What is added to the environment of a process that is to run llama.cpp on a backend. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Backend } from '#protocol';
import { allCudaLibraries } from './cuda-runtime';
import { gpuEnvironment, type PlannedGpu } from './gpu-environment';
import { unlistedFolders } from './shared-libraries';
import type { FetchedRuntime } from './variants';

/** @param gpus that it shall see, and no others. */
export async function environmentFor(
  backend: Backend,
  gpus: readonly PlannedGpu[],
  fetched: FetchedRuntime | undefined,
): Promise<NodeJS.ProcessEnv> {
  const libraries = backend === 'cuda' ? await cudaLibraries(fetched) : {};
  return { ...variants(backend, fetched), ...libraries, ...gpuEnvironment(backend, gpus, process.env) };
}

/** Looking elsewhere for them costs the process a thread: only where there is one to be found. */
function variants(backend: Backend, fetched: FetchedRuntime | undefined): NodeJS.ProcessEnv {
  if (backend === 'cpu' || fetched === undefined) return {};
  return existsSync(path.join(fetched.folder, 'node_modules')) ? { VRAMESH_VARIANTS: fetched.folder } : {};
}

/** CUDA's runtime is often installed where the loader does not look by itself. */
async function cudaLibraries(fetched: FetchedRuntime | undefined): Promise<NodeJS.ProcessEnv> {
  const folders = await unlistedFolders(allCudaLibraries(process.platform), fetched?.libraryFolders() ?? []);
  if (folders.length === 0) return {};
  const known = process.env.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: [...(known ? [known] : []), ...folders].join(':') };
}
