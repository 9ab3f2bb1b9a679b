/** Splits as exo makes them, where its rules and ours are the same; the fixture says what does not apply and why. */
import assert from 'node:assert/strict';
import { previews } from '../../../server/src/placement';
import { setMemory } from '../../../server/src/placement/memory';
import { proportional } from '../../../server/src/placement/proportional';
import facts from '../../fixtures/placement/exo.json';
import { cpu, need, node, ONLY_LAYERS, request } from './support';

const KIB = 1024;

/** Layers of one size that are `storage` bytes in sum; all memory times the layers, so that a layer is whole bytes. */
function placedInRam(memory: readonly number[], layers: number, storage: number) {
  const nodes = memory.map((bytes, index) => {
    const size = bytes * layers;
    return node(`node-${index}`, [cpu(0, 0, { capacityBytes: size, freeBytes: size })]);
  });
  const sizes = { weights: 0, kv: 0, output: 0 };
  const block = Array.from({ length: layers - 1 }, () => storage);
  const modelNeed = {
    ...need(layers - 1, sizes, ONLY_LAYERS),
    block_weights: block,
    output_weights: storage,
  };
  const wishes = { prefer_gpu: false, min_nodes: memory.length };
  const [best] = previews(request(modelNeed, nodes, { wishes }));
  assert.ok(best);
  return { layers: best.shares.map((share) => share.layers), error: best.error };
}

describe('placement: splits of exo', () => {
  for (const { mem, layers, expected } of facts.create_instance)
    it(`${layers} layers on nodes of ${mem.join(', ')} bytes`, () => {
      const storage = mem.reduce((sum, bytes) => sum + bytes, 0);
      assert.deepEqual(placedInRam(mem, layers, storage), { layers: expected, error: null });
    });

  for (const { memKb, layers, storageKb, ...row } of facts.shard_assignments_kb)
    it(`${layers} layers of ${storageKb} KiB on nodes of ${memKb.join(', ')} KiB`, () => {
      const placed = placedInRam(
        memKb.map((kib) => kib * KIB),
        layers,
        storageKb * KIB,
      );
      if (row.expected !== undefined) assert.deepEqual(placed, { layers: row.expected, error: null });
      else assert.notEqual(placed.error, null);
    });

  for (const { layers, fractions, ...row } of facts.allocate_layers)
    it(`${layers} layers by parts of ${fractions.join(', ') || 'nobody'}`, () => {
      assert.deepEqual(proportional(layers, fractions), row.expected ?? null);
    });

  for (const { memKb, storageKb, ...row } of facts.single_node)
    it(`${storageKb} KiB on one node of ${memKb} KiB`, () => {
      assert.equal(
        placedInRam([memKb * KIB], 1000, storageKb * KIB).error === null,
        row.expected !== undefined,
      );
    });

  for (const { nodesKb, needBytes, expectedCycles } of facts.filter_cycles)
    it(`${needBytes} bytes in nodes of ${Object.values(nodesKb).join(', ')} KiB`, () => {
      const nodes = Object.entries(nodesKb).map(([name, kib]) =>
        node(name, [cpu(0, 0, { capacityBytes: kib * KIB, freeBytes: kib * KIB })]),
      );
      assert.equal(setMemory(nodes, true) >= needBytes, expectedCycles !== 0);
    });
});
