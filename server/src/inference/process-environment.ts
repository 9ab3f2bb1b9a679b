/** What is added to the environment of a process that is to run llama.cpp on a backend. */
import process from 'node:process';
import type { Backend } from '#protocol';
import { gpuEnvironment, type PlannedGpu } from './gpu-environment';
import { cudaLibraryFolders } from './shared-libraries';

/** @param gpus that it shall see, and no others. */
export async function environmentFor(
  backend: Backend,
  gpus: readonly PlannedGpu[],
): Promise<NodeJS.ProcessEnv> {
  const libraries = backend === 'cuda' ? await cudaLibraries() : {};
  return { ...libraries, ...gpuEnvironment(backend, gpus, process.env) };
}

/** CUDA's runtime is often installed where the loader does not look by itself. */
async function cudaLibraries(): Promise<NodeJS.ProcessEnv> {
  const folders = await cudaLibraryFolders();
  if (folders.length === 0) return {};
  const known = process.env.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: [...(known ? [known] : []), ...folders].join(':') };
}
