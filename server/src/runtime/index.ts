/**
 * The CUDA runtime: what a small package leaves out and a machine with an NVIDIA GPU may lack, fetched once into the home folder.
 * llama.cpp for CUDA comes from the npm registry, CUDA's libraries from NVIDIA. What is missing is told from outside; this part
 * fetches it, checks it and puts it where engines look. Must never take an address or a hash from a workspace.
 */
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { withEither } from '../either-signal';
import { type Asking, createClient, type TransferLimits } from '../fetching';
import { type CudaLack, componentsFor } from './component';
import { installComponents, type RuntimeProgress } from './install';

export { defaultLimits } from '../fetching';
export type { CudaLack, RuntimeProgress };

export interface Runtime {
  /** A node_modules in it may hold variants of llama.cpp. */
  readonly folder: string;
  /** Folders with CUDA's libraries. */
  libraryFolders(): string[];
  /**
   * Fetches what is missing; resolves with the names of what was fetched, none where nothing was missing. Rejects in words, or with
   * the signal's reason; what has arrived by then is kept for the next time.
   */
  install(signal: AbortSignal, onProgress: (progress: RuntimeProgress) => void): Promise<string[]>;
  /** Removes all of it; resolves with whether there was any. Rejects while it is being installed. */
  remove(): Promise<boolean>;
  /** Whether `install` would help, as `look` has found out last. */
  isMissing(): boolean;
  /** Never rejects. */
  look(): Promise<void>;
  /** Whether it is missing may be another answer now. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  readonly folder: string;
  /** The bundle of the unpacking thread. */
  readonly unpackerPath: string;
  /** npm's settings and VRAMESH_CUDA_SOURCE. */
  readonly env: NodeJS.ProcessEnv;
  readonly limits: TransferLimits;
  readonly log: Logger;
  /** `null`: nothing. Rejects, in words, where there is no CUDA to be had. */
  readonly lack: () => Promise<CudaLack | null>;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { folder, env, limits, log, lack } = options;
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  let running: Promise<unknown> | null = null;
  let missing = false;

  async function look(): Promise<void> {
    missing = (await lack().catch(() => null)) !== null;
    for (const listener of listeners) listener();
  }

  /** One at a time. */
  async function alone<T>(act: () => Promise<T>): Promise<T> {
    if (running !== null)
      throw new Error('The CUDA runtime is being installed or removed already. Wait until that has ended.');
    const work = act();
    running = work.catch(() => {});
    try {
      return await work;
    } finally {
      running = null;
      await look();
    }
  }

  async function fetchMissing(
    signal: AbortSignal,
    onProgress: (progress: RuntimeProgress) => void,
  ): Promise<string[]> {
    const lacking = await lack();
    if (lacking === null) return [];
    const asking: Asking = { client, patience: limits, stallMs: limits.stallMs };
    const components = await componentsFor(lacking, env, asking, signal);
    const names = components.map(({ name }) => name);
    log.info(`Fetching for CUDA ${lacking.cuda}: ${names.join(', ')}`);
    await installComponents({ ...options, components, asking, signal, onProgress });
    log.info('The CUDA runtime is installed');
    return names;
  }

  return {
    folder,
    libraryFolders: () => foldersIn(path.join(folder, 'cuda')),
    install: (signal, onProgress) =>
      alone(() => withEither([signal, closing.signal], (either) => fetchMissing(either, onProgress))),
    remove: () =>
      alone(async () => {
        const there = existsSync(folder);
        await rm(folder, { recursive: true, force: true });
        return there;
      }),
    isMissing: () => missing,
    look,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort(new Error('The host ends.'));
      await running;
    },
  };
}

const client = createClient({
  authorization: () => null,
  notJson: (host) =>
    `${host} does not answer with JSON: it is neither an npm registry nor a mirror of NVIDIA's.`,
  refusal: (status, host) =>
    status === 401 || status === 403
      ? `${host} wants a password (HTTP ${status}), which VRAMesh does not know.`
      : null,
});

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}
