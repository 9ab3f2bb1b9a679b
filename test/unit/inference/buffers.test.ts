import assert from 'node:assert/strict';
import type { EngineBuffer } from '#protocol';
import { parseBuffers } from '../../../server/src/inference/engine/buffers';

const mib = 2 ** 20;

describe('buffers in llama.cpp’s log', () => {
  const cases: [line: string, expected: EngineBuffer | null][] = [
    [
      'load_tensors:      Vulkan0 model buffer size =     2.40 MiB',
      { device: 'Vulkan0', kind: 'weights', bytes: Math.round(2.4 * mib) },
    ],
    [
      'load_tensors:   CPU_Mapped model buffer size =   111.50 MiB',
      { device: 'CPU_Mapped', kind: 'weights', bytes: 111.5 * mib },
    ],
    [
      'llama_kv_cache:      CUDA1 KV buffer size =  1024.00 MiB',
      { device: 'CUDA1', kind: 'kv_cache', bytes: 1024 * mib },
    ],
    [
      'llama_memory_recurrent:      CUDA0 RS buffer size =    12.00 MiB',
      { device: 'CUDA0', kind: 'kv_cache', bytes: 12 * mib },
    ],
    [
      'sched_reserve:    Vulkan0 compute buffer size =     9.50 MiB',
      { device: 'Vulkan0', kind: 'compute', bytes: 9.5 * mib },
    ],
    [
      'llama_context: Vulkan_Host  output buffer size =     0.50 MiB\n',
      { device: 'Vulkan_Host', kind: 'output', bytes: 0.5 * mib },
    ],
    ['llama_kv_cache: size =  128.00 MiB (  1024 cells,  16 layers,  2/2 seqs)', null],
    ['load_tensors: offloaded 17/17 layers to GPU', null],
    ['CUDA0 model buffer size = a lot', null],
    ['', null],
  ];
  for (const [line, expected] of cases)
    it(line.trim() || 'an empty line', () => {
      assert.deepEqual(parseBuffers(line), expected === null ? [] : [expected]);
    });

  it('several lines in one message', () => {
    const lines = cases.map(([line]) => line).join('\n');
    assert.equal(parseBuffers(lines).length, cases.filter(([, expected]) => expected !== null).length);
  });
});
