/** Pure pieces of a split model: what the engine is told, which buffers are whose, and what the traffic amounts to. */
import assert from 'node:assert/strict';
import type { EngineBuffer, Share } from '#protocol';
import type { Engine } from '../../../server/src/instances';
import { planOf } from '../../../server/src/instances/engine-plan';
import { measuredMemory } from '../../../server/src/instances/measured-memory';
import { createShardMeter } from '../../../server/src/instances/shard-meter';
import type { Borrowed, BorrowedShard } from '../../../server/src/instances/shards';
import { samplePreview } from '../api/sample-state';
import { sampleShare } from '../cli/samples';

const MIB = 2 ** 20;
const on = (node_id: string, device_id: string, layers: number, gpu_index: number | null = null): Share =>
  sampleShare({
    node_id,
    node_name: node_id,
    device_id,
    layers,
    gpu_index,
    weights_bytes: layers * 10 * MIB,
  });

/** RAM and GPU of the coordinator, two devices of b, one of c. */
const shares = [
  on('a', 'cpu', 2),
  on('b', 'GPU-b0', 3, 0),
  on('b', 'GPU-b1', 4, 1),
  on('c', 'cpu', 5),
  on('a', 'GPU-a', 6, 0),
];
const preview = samplePreview({
  kind: 'nodes',
  nodes: ['a', 'b', 'c'],
  shares,
  layers: 20,
  layers_on_gpu: 13,
});

const shard = (nodeId: string, own: readonly Share[], traffic: BorrowedShard['traffic']): BorrowedShard => ({
  nodeId,
  nodeName: nodeId,
  shares: own,
  socket: `/run/${nodeId}`,
  traffic,
});
const quiet = () => ({ sent: 0, received: 0 });
const borrowed: Borrowed = {
  shards: [shard('b', shares.slice(1, 3), quiet), shard('c', shares.slice(3, 4), quiet)],
  lost: new Promise(() => {}),
  release: async () => {},
};

describe('instances: a model over several nodes', () => {
  it('the engine is told which layers lie behind which socket, and on its own GPUs', () => {
    assert.deepEqual(planOf(preview, 'a', borrowed), {
      gpuLayers: 18,
      gpus: [{ index: 0, uuid: 'GPU-a' }],
      split: {
        shards: [
          { socket: '/run/b', layers: [3, 4] },
          { socket: '/run/c', layers: [5] },
        ],
        gpuLayers: [6],
      },
    });
  });

  it('without other nodes there is no split', () => {
    const alone = samplePreview({ shares: [on('a', 'cpu', 0), on('a', 'GPU-a', 9, 0)], layers_on_gpu: 9 });
    assert.deepEqual(planOf(alone, 'a', null), { gpuLayers: 9, gpus: [{ index: 0, uuid: 'GPU-a' }] });
  });

  it('llama.cpp’s buffers are known by their names, wherever they lie', () => {
    const buffers: EngineBuffer[] = [
      { device: 'CPU_Mapped', kind: 'weights', bytes: 1 },
      { device: 'RPC0[0:0]', kind: 'weights', bytes: 2 },
      { device: 'RPC0[0:0]', kind: 'kv_cache', bytes: 20 },
      { device: 'RPC1[0:0]', kind: 'weights', bytes: 3 },
      { device: 'RPC0[2:0]', kind: 'weights', bytes: 4 },
      { device: 'CUDA0', kind: 'weights', bytes: 5 },
    ];
    const engine = { pid: 7, backend: 'cuda', model: { buffers } } as unknown as Engine;
    const found = measuredMemory(preview, engine, { nodeId: 'a', planner: { heldBytes: () => 6 } });
    assert.deepEqual(
      found.map(({ node_id, buffers_bytes, driver_bytes }) => [node_id, buffers_bytes, driver_bytes]),
      [
        ['a', 1, null],
        ['b', 22, null],
        ['b', 3, null],
        ['c', 4, null],
        ['a', 5, 6],
      ],
    );
  });

  it('weights that the CPU has arranged anew count once', () => {
    const buffers: EngineBuffer[] = [
      { device: 'CPU_Mapped', kind: 'weights', bytes: 100 },
      { device: 'CPU_REPACK', kind: 'weights', bytes: 90 },
      { device: 'CPU', kind: 'kv_cache', bytes: 5 },
    ];
    const alone = samplePreview({ shares: [on('a', 'cpu', 9)] });
    const engine = { pid: 7, backend: 'cpu', model: { buffers } } as unknown as Engine;
    const [only] = measuredMemory(alone, engine, { nodeId: 'a', planner: { heldBytes: () => null } });
    assert.equal(only?.buffers_bytes, 105);
  });

  it('the traffic: how fast while loading, what was kept, and how much a token takes', () => {
    let traffic = { sent: 0, received: 0 };
    let now = 0;
    const [first] = borrowed.shards;
    assert.ok(first);
    const meter = createShardMeter(
      { ...borrowed, shards: [{ ...first, traffic: () => traffic }] },
      () => now,
    );
    now = 2000;
    traffic = { sent: 30 * MIB, received: 0 };
    const [loading] = meter.snapshot();
    assert.equal(loading?.load_bytes_per_second, 15 * MIB);
    assert.equal(loading.cached_bytes, null);
    assert.equal(loading.layers, 7);
    meter.loaded();
    assert.equal(meter.snapshot()[0]?.cached_bytes, 40 * MIB);
    assert.equal(meter.snapshot()[0]?.bytes_per_token, null);
    traffic = { sent: 31 * MIB, received: MIB };
    meter.tokens(64);
    const [ready] = meter.snapshot();
    assert.equal(ready?.bytes_per_token, MIB / 32);
    assert.equal(ready.load_bytes_per_second, null);
  });
});
