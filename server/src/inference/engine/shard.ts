/**
 * The shard server: lends devices of this machine to the engine of another one. llama.cpp's own RPC server does the work,
 * held to its lease by native/shard.cpp, on a Unix socket that the host connects to its tunnel. It serves one coordinator
 * and ends, with everything that it held, when that one hangs up.
 */
import os from 'node:os';
import process from 'node:process';
import type { FromEngine, ToEngine } from '#protocol';
import { startLlama } from './llama';

export type ShardRequest = Extract<ToEngine, { type: 'serve_shard' }>;

/** ms between two reports of what is in use; the host takes one that reports nothing for frozen. */
const lookMs = 500;

export async function serveShard(request: ShardRequest, send: (message: FromEngine) => void): Promise<void> {
  try {
    await startLlama(request.backend, 'info', (_level, message) =>
      send({ type: 'log', level: 'debug', message: message.trim() }),
    );
    const { default: koffi } = await import('koffi');
    const library = koffi.load(request.library);
    const listen = library.func(
      'int vramesh_listen(const char *socket, const char *devices, uint64_t cache_bytes)',
    );
    const serve = library.func('void vramesh_serve(const char *cache_folder, uint32_t threads)');
    const usedBytes = library.func('uint64_t vramesh_used_bytes(uint32_t position)');

    const devices = request.devices.map(({ kind, bytes }) => `${kind}:${bytes}`).join(',');
    const status: number = listen(request.socket, devices, request.cache_bytes);
    if (status !== 0) throw new Error(problemOf(status, request));
    send({ type: 'shard_ready' });
    reportUse(request.devices.length, (position) => Number(usedBytes(position)), send);
    serve.async(request.cache_folder, os.availableParallelism(), () => process.exit(0));
  } catch (error) {
    send({ type: 'shard_failed', message: error instanceof Error ? error.message : String(error) });
  }
}

function reportUse(
  devices: number,
  usedBytes: (position: number) => number,
  send: (message: FromEngine) => void,
): void {
  setInterval(() => {
    const used = Array.from({ length: devices }, (_, position) => usedBytes(position));
    send({ type: 'shard_memory', used_bytes: used });
  }, lookMs);
}

function problemOf(status: number, { backend, socket }: ShardRequest): string {
  if (status < 0) return `llama.cpp does not see the leased devices through ${backend}`;
  return `the socket ${socket} cannot be made (${os.constants.errno ? nameOf(status) : status})`;
}

function nameOf(errno: number): string {
  return Object.entries(os.constants.errno).find(([, number]) => number === errno)?.[0] ?? String(errno);
}
