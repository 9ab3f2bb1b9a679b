/** llama.cpp itself, on one backend. */
import { register } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import type { Llama, LlamaOptions } from 'node-llama-cpp';
import type { Backend } from '#protocol';

/** ms by which llama.cpp's log may lag behind what it tells of. */
export const LOG_LAG_MS = 50;

export type LlamaLogger = NonNullable<LlamaOptions['logger']>;

/**
 * @param logLevel of the lines that the logger gets; what is less grave is dropped.
 * @throws Error when this backend cannot be used here.
 */
export async function startLlama(
  backend: Backend,
  logLevel: 'warn' | 'info',
  logger: LlamaLogger,
): Promise<Llama> {
  lookForVariants();
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    gpu: backend === 'cpu' ? false : backend,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel[logLevel],
    logger,
    maxThreads: usableCores(),
  });
  // a backend that this platform does not know is taken for "auto"
  const actual = llama.gpu === false ? 'cpu' : llama.gpu;
  if (actual !== backend) throw new Error(`llama.cpp chose ${actual} instead`);
  return llama;
}

/** Once: node-llama-cpp's imports go through the hooks from then on. */
function lookForVariants(): void {
  const folder = process.env.VRAMESH_VARIANTS;
  if (folder === undefined) return;
  delete process.env.VRAMESH_VARIANTS;
  register(pathToFileURL(path.join(__dirname, 'variant-hooks.mjs')), { data: folder });
}

/** Cores that this process may use; a container's limit counts where Node knows it. */
export function usableCores(): number {
  return Math.max(1, os.availableParallelism());
}
