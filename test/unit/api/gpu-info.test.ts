import assert from 'node:assert/strict';
import { gpuInfoSchema } from '#protocol';
import { gpuInfo } from '../../../server/src/api/gpu-info';
import { gib, lostGpu, sampleGpu, sampleNode, sampleState } from './sample-state';

const none = sampleNode([]);
const one = sampleNode([sampleGpu()]);
const two = sampleNode([sampleGpu(), sampleGpu({ index: 1, vram_total: 24 * gib, vram_free: 4 * gib })]);
const lost = sampleNode([lostGpu()]);

describe('gpu/info', () => {
  const summaries = [
    { what: 'no node', nodes: [], expected: [0, 0, 0, 0, false] },
    { what: 'a node without a GPU', nodes: [none], expected: [1, 0, 0, 0, false] },
    { what: 'one GPU', nodes: [one], expected: [1, 1, 8192, 5120, true] },
    { what: 'two GPUs in one node', nodes: [two], expected: [1, 1, 32768, 9216, true] },
    { what: 'sums over nodes', nodes: [one, none, two], expected: [3, 2, 40960, 14336, true] },
    { what: 'a GPU whose readings are gone', nodes: [lost], expected: [1, 1, 0, 0, true] },
  ] as const;
  for (const { what, nodes, expected } of summaries) {
    it(`sums up: ${what}`, () => {
      const info = gpuInfo(sampleState([...nodes]));
      assert.deepEqual(Object.values(info.cluster_summary), expected);
      assert.deepEqual(gpuInfoSchema.parse(info), info);
    });
  }

  const readings = [
    { what: 'null without a GPU', node: none, expected: [false, 0, null, null, null, null, null, null] },
    {
      what: 'in MiB with a GPU',
      node: one,
      expected: [true, 1, 'NVIDIA GeForce RTX 3050', 8192, 5120, 3072, 37, 62],
    },
    {
      what: 'null, not 0, for a lost GPU',
      node: lost,
      expected: [true, 1, 'NVIDIA GeForce RTX 3050', null, null, null, null, null],
    },
  ];
  for (const { what, node, expected } of readings) {
    it(`tells of a node: ${what}`, () => {
      const [info] = gpuInfo(sampleState([node])).nodes;
      assert.ok(info);
      assert.deepEqual(
        [
          info.has_gpu,
          info.gpu_count,
          info.device_name,
          info.vram_total_mb,
          info.vram_available_mb,
          info.vram_used_mb,
          info.gpu_usage_percent,
          info.gpu_temp_celsius,
        ],
        expected,
      );
      assert.deepEqual(info.gpus, node.node_profile.gpus);
    });
  }
});
