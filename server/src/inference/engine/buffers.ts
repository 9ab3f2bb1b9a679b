/** The memory that llama.cpp allocated, from the lines in which it says so. */
import type { EngineBuffer } from '#protocol';

/** "load_tensors:      Vulkan0 model buffer size =     2.40 MiB" */
const LINE = /^\w+:\s+(\S+)\s+(model|KV|RS|compute|output) buffer size\s*=\s*([\d.]+) MiB/;
const MIB = 2 ** 20;

/** RS: the state of recurrent layers, which they keep in place of a KV cache. */
const KINDS: Readonly<Record<string, EngineBuffer['kind']>> = {
  model: 'weights',
  KV: 'kv_cache',
  RS: 'kv_cache',
  compute: 'compute',
  output: 'output',
};

/** The buffers that some lines of the log tell of; one device may have several of a kind. */
export function parseBuffers(log: string): EngineBuffer[] {
  return log.split('\n').flatMap((line) => {
    const [, device, name = '', mib] = LINE.exec(line.trim()) ?? [];
    const kind = KINDS[name];
    if (device === undefined || kind === undefined) return [];
    return [{ device, kind, bytes: Math.round(Number(mib) * MIB) }];
  });
}
