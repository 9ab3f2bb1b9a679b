/** A shard server, as the host uses it: devices of this machine, lent to one coordinator through a Unix socket. */
import type { Logger } from 'pino';
import type { Backend } from '#protocol';
import { type EngineExit, startEngineProcess } from './engine-process';
import type { PlannedGpu } from './gpu-environment';
import { type NativeLibrary, nativeEnvironment } from './native-library';
import { environmentFor } from './process-environment';
import { createSilenceWatch } from './silence-watch';
import type { FetchedRuntime } from './variants';

/** In the order of the layers. */
export interface LentDevice {
  /** `null`: the CPU. */
  readonly gpu: PlannedGpu | null;
  /** That llama.cpp may allocate there. */
  readonly bytes: number;
}

export interface ShardServerOptions {
  readonly enginePath: string;
  readonly native: NativeLibrary;
  readonly fetched?: FetchedRuntime;
  /** In the order to try for GPUs; the CPU needs none. */
  readonly backends: readonly Backend[];
  readonly devices: readonly LentDevice[];
  /** In a folder that only this user can enter. */
  readonly socket: string;
  readonly cache: { readonly folder: string; readonly bytes: number };
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** What llama.cpp has allocated, per device. */
  onUse(bytes: readonly number[]): void;
}

export interface ShardServer {
  readonly pid: number;
  /** Settles, never rejects: the coordinator hung up, or it died. Its memory is free then. */
  readonly exited: Promise<EngineExit>;
  stop(): Promise<void>;
}

/** ms for llama.cpp to find its devices. */
const startLimitMs = 30_000;
/** ms without a report after which it counts as frozen: whoever waits for it shall not wait for ever. */
const frozenMs = 5000;

/** Resolves when it listens. Rejects, in words, when it cannot. */
export async function startShardServer(options: ShardServerOptions): Promise<ShardServer> {
  const gpus = options.devices.flatMap(({ gpu }) => gpu ?? []);
  const backends = gpus.length === 0 ? (['cpu'] as const) : options.backends.filter((name) => name !== 'cpu');
  let lastFailure = new Error('no backend of llama.cpp can use its GPUs');
  for (const backend of backends) {
    options.signal.throwIfAborted();
    const outcome = await tryToServe(options, backend, gpus);
    if (!(outcome instanceof Error)) return outcome;
    lastFailure = outcome;
  }
  throw lastFailure;
}

async function tryToServe(
  { enginePath, native, fetched, devices, socket, cache, log, signal, onUse }: ShardServerOptions,
  backend: Backend,
  gpus: readonly PlannedGpu[],
): Promise<ShardServer | Error> {
  let settle: (outcome: Error | null) => void = () => {};
  const started = new Promise<Error | null>((fulfil) => {
    settle = fulfil;
  });
  const process = startEngineProcess({
    enginePath,
    env: { ...(await environmentFor(backend, gpus, fetched)), ...nativeEnvironment(native) },
    log,
    onMessage(message) {
      if (message.type === 'shard_ready') settle(null);
      else if (message.type === 'shard_failed') settle(new Error(message.message));
      else if (message.type === 'shard_memory') {
        watch.heard();
        if (message.used_bytes.join() !== used) onUse(message.used_bytes);
        used = message.used_bytes.join();
      }
    },
  });
  const watch = createSilenceWatch(frozenMs, () => process.kill('It was frozen, and was ended.'));
  let used = '';
  void process.exited.then(({ message }) => {
    watch.end();
    settle(new Error(message));
  });
  const limit = setTimeout(() => settle(new Error('llama.cpp did not answer')), startLimitMs);
  const cancel = () => settle(new Error('it is not wanted any more'));
  signal.addEventListener('abort', cancel, { once: true });
  process.send({
    type: 'serve_shard',
    backend,
    library: native.path,
    devices: devices.map(({ gpu, bytes }) => ({ kind: gpu === null ? 'cpu' : 'gpu', bytes })),
    socket,
    cache_folder: cache.folder,
    cache_bytes: cache.bytes,
  });
  const problem = await started;
  clearTimeout(limit);
  signal.removeEventListener('abort', cancel);
  if (problem !== null) {
    await process.stop();
    return problem;
  }
  // From here on it reports twice a second, whatever it computes.
  watch.begin();
  return { pid: process.pid, exited: process.exited, stop: () => process.stop() };
}
