/** What `prefer_gpu` means, as in the fork of exo that has it. Figures of the fixture are MB. */
import assert from 'node:assert/strict';
import { previews } from '../../../server/src/placement';
import { freeBytesOf, nodeMemory, setMemory, usableGpus } from '../../../server/src/placement/memory';
import facts from '../../fixtures/placement/exo-fork.json';
import { choose, cpu, gpu, MiB, need, node, ONLY_LAYERS, request } from './support';

interface Figures {
  readonly ram?: number;
  readonly vram?: number | null;
  readonly used?: number;
}

function withMemory({ ram = 0, vram = null, used = 0 }: Figures, index = 0) {
  const size = (mb: number, free = mb) => ({
    capacityBytes: mb * MiB,
    freeBytes: free * MiB,
    overheadBytes: 0,
  });
  const gpus = vram === null ? [] : [gpu('GPU', 0, 0, size(vram, vram - used))];
  return node(`node-${index}`, [...gpus, cpu(0, 0, size(ram))]);
}

/** Layers whose sum is `total` MB. */
function model(layers: number, total: number) {
  const each = { weights: total / layers, kv: 0, output: total / layers };
  return need(layers - 1, each, ONLY_LAYERS);
}

describe('placement: memory of a fork of exo', () => {
  for (const { preferGpu, expected, ...figures } of facts.effective_memory)
    it(`a node of ${JSON.stringify(figures)}, ${preferGpu ? 'GPU' : 'CPU'} preferred: ${expected}`, () => {
      assert.equal(nodeMemory(withMemory(figures), preferGpu), expected * MiB);
    });

  for (const { nodes, preferGpu, expected } of facts.cycle_memory)
    it(`nodes of ${JSON.stringify(nodes)}, ${preferGpu ? 'GPU' : 'CPU'} preferred: ${expected}`, () => {
      assert.equal(setMemory(nodes.map(withMemory), preferGpu), expected * MiB);
    });

  for (const { nodes, need: needed, preferGpu, expected } of facts.filter)
    it(`${needed} in nodes of ${JSON.stringify(nodes)}: ${expected === 0 ? 'refused' : 'held'}`, () => {
      const cluster = nodes.map(withMemory);
      assert.equal(setMemory(cluster, preferGpu) >= needed * MiB, expected === 1);
      const asked = request(model(1000, needed), cluster, {
        wishes: { prefer_gpu: preferGpu, min_nodes: 2 },
      });
      const onGpus = previews(asked).find(({ id }) => id === 'nodes:node-0+node-1');
      const inRam = previews(asked).find(({ id }) => id === 'nodes-cpu:node-0+node-1');
      const mixed = nodes.some(({ vram }) => vram === null);
      assert.equal((mixed ? inRam : onGpus)?.error === null, expected === 1);
    });

  for (const { layers, preferGpu, expected, tolerance, ...memory } of facts.split)
    it(`${layers} layers by ${JSON.stringify(memory)}, ${preferGpu ? 'GPU' : 'CPU'} preferred`, () => {
      const nodes = memory.vram.map((vram, index) =>
        withMemory({ vram, ram: memory.ram?.[index] ?? 1000 }, index),
      );
      const asked = request(model(layers, 12), nodes, { wishes: { prefer_gpu: preferGpu, min_nodes: 2 } });
      const found = choose(previews(asked))?.shares.filter((share) => share.layers > 0) ?? [];
      // Their order is llama.cpp's: the GPUs of whoever asks come last.
      const shares = found.toSorted((a, b) => a.node_id.localeCompare(b.node_id));
      assert.equal(shares.length, expected.length);
      for (const [index, share] of shares.entries()) {
        assert.ok(Math.abs(share.layers - (expected[index] ?? 0)) <= tolerance, `${share.layers} layers`);
        assert.equal(share.device_id === 'cpu', !preferGpu);
      }
    });

  for (const { vramTotal, expected } of facts.has_gpu_memory)
    it(`VRAM of ${vramTotal}: ${expected ? 'a usable GPU' : 'no usable GPU'}`, () => {
      assert.equal(usableGpus(withMemory({ vram: vramTotal })).length > 0, expected);
    });

  for (const { total, used, expected } of facts.vram_available)
    it(`${used} used of ${total}: ${expected} free`, () => {
      const gpus = usableGpus(withMemory({ vram: total, used: used ?? 0 }));
      assert.equal(
        gpus.reduce((sum, device) => sum + freeBytesOf(device), 0),
        expected * MiB,
      );
    });
});
