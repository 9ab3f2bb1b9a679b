/** What a model holds on a device: measured where the driver tells, else what was previewed and how far loading is. */
import assert from 'node:assert/strict';
import type { Instance, Node, Share } from '#protocol';
import { holdingsOn, layersText } from '../../../webview/src/holdings';
import { gib, sampleGpu, sampleInstance, sampleNode, samplePreview } from '../api/sample-state';

const gpuId = 'GPU-1';
const share = (changes: Partial<Share> = {}): Share => ({
  node_id: 'node-a',
  node_name: 'workstation',
  device_id: gpuId,
  device_name: 'NVIDIA GeForce RTX 3050',
  gpu_index: 0,
  first_layer: 0,
  layers: 9,
  weights_bytes: 2 * gib,
  kv_cache_bytes: gib,
  compute_bytes: 0.5 * gib,
  overhead_bytes: 0.25 * gib,
  total_bytes: 3.75 * gib,
  free_bytes: 5 * gib,
  capacity_bytes: 8 * gib,
  ...changes,
});
const placed = (changes: Partial<Instance>, shares: Share[] = [share()]) =>
  sampleInstance({ placement: samplePreview({ shares }), ...changes });
const nodeWith = (vram_used: number | null | undefined, changes: Partial<Node> = {}): Node => ({
  ...sampleNode([
    sampleGpu({
      uuid: gpuId,
      processes:
        vram_used === undefined ? null : [{ pid: 4711, name: 'engine', vram_used, kind: 'compute' as const }],
    }),
  ]),
  ...changes,
});
const marks = new Map([['instance-1', 'A']]);
const amounts = (node: Node, instance: Instance, device = gpuId) => {
  const [found] = holdingsOn(node, [instance], marks).get(device) ?? [];
  return found && [found.weights / gib, found.kv / gib, found.buffers / gib];
};

describe('what a model holds on a device', () => {
  const lent = [
    {
      node_id: 'coordinator',
      node_name: 'laptop',
      model: 'vramesh-tiny',
      devices: [
        { device_id: gpuId, bytes: 3 * gib },
        { device_id: 'GPU-2', bytes: gib },
      ],
      used_bytes: 2 * gib,
    },
  ];
  const cases: [string, Node, Instance, number[] | undefined][] = [
    ['what the driver says of its engine', nodeWith(4 * gib), placed({}), [2, 1, 1]],
    ['weights first, while it is loading', nodeWith(1.5 * gib), placed({ state: 'loading' }), [1.5, 0, 0]],
    ['what was previewed, where the driver does not tell', nodeWith(undefined), placed({}), [2, 1, 0.75]],
    ['and where it tells no amounts', nodeWith(null), placed({}), [2, 1, 0.75]],
    ['how far loading is', nodeWith(undefined), placed({ state: 'loading', progress: 0.25 }), [0.5, 0, 0]],
    [
      'nothing while nobody knows how far',
      nodeWith(undefined),
      placed({ state: 'loading', progress: null }),
      [0, 0, 0],
    ],
    ['nothing while it is idle', nodeWith(undefined), placed({ state: 'idle' }), [0, 0, 0]],
    [
      'what the shard server says, in the proportion of what was promised',
      nodeWith(undefined, { lent }),
      placed({ state: 'loading', node_id: 'coordinator', engine_pid: 4711 }),
      [1.5, 0, 0],
    ],
    [
      'process ids of another machine mean nothing here',
      nodeWith(4 * gib),
      placed({ node_id: 'coordinator' }),
      [2, 1, 0.75],
    ],
    ['nothing before its place is known', nodeWith(4 * gib), sampleInstance(), undefined],
    ['nothing on another machine', nodeWith(0), placed({}, [share({ node_id: 'node-b' })]), undefined],
  ];
  for (const [name, node, instance, expected] of cases)
    it(name, () => assert.deepEqual(amounts(node, instance), expected));

  it('on a GPU without a uuid, by its position', () => {
    const node = sampleNode([sampleGpu({ uuid: null, index: 3 })]);
    assert.deepEqual(amounts(node, placed({}, [share({ device_id: 'gpu-3' })]), 'gpu-3'), [2, 1, 0.75]);
  });

  it('is called by its layers, from 1', () => {
    assert.equal(layersText({ first_layer: 0, layers: 14 }), 'layers 1–14');
    assert.equal(layersText({ first_layer: 14, layers: 1 }), 'layer 15');
    assert.equal(layersText({ first_layer: 0, layers: 0 }), 'embeddings');
  });
});
