/** Random clusters: nothing that fits is refused, nothing that is offered overfills a device. Seeded. */
import assert from 'node:assert/strict';
import type { ModelNeed, Preview } from '#protocol';
import { type ClusterNode, previews } from '../../../server/src/placement';
import { choose, cpu, gpu, MiB, need, node, ONLY_LAYERS, random, request } from './support';

/** Everything that must hold of an offer. */
function assertTrue(offer: Preview, { block_weights, block_kv, ...sizes }: ModelNeed, story: string) {
  let next = 0;
  for (const share of offer.shares) {
    const { weights_bytes, kv_cache_bytes, compute_bytes, overhead_bytes, total_bytes } = share;
    assert.equal(weights_bytes + kv_cache_bytes + compute_bytes + overhead_bytes, total_bytes, story);
    assert.ok(total_bytes <= share.free_bytes && share.free_bytes <= share.capacity_bytes, story);
    if (share.layers > 0) assert.equal(share.first_layer, next, story);
    next += share.layers;
  }
  assert.equal(next, block_weights.length + 1, `${story}: layers are lost or doubled`);
  const sum = (numbers: readonly number[]) => numbers.reduce((so_far, number) => so_far + number, 0);
  const weights = sum(offer.shares.map(({ weights_bytes }) => weights_bytes));
  assert.equal(weights, sum(block_weights) + sizes.output_weights + sizes.input_weights, story);
  assert.equal(sum(offer.shares.map(({ kv_cache_bytes }) => kv_cache_bytes)), sum(block_kv), story);
  const devices = offer.shares.map(({ node_id, device_id }) => `${node_id}/${device_id}`);
  assert.equal(new Set(devices).size, devices.length, `${story}: a device twice`);
}

/**
 * The oracle: can runs of these sizes be laid on these devices in some order? A later end is never worse.
 * @param first room of a device that may only have the first layers, or none
 * @param last the same for the last layers
 */
function canBeSplit(
  sizes: readonly number[],
  { first, others, last }: { first: number; others: readonly number[]; last: number },
): boolean {
  const left = sizes.reduce((sum, size) => sum + size, 0);
  if (left <= last) return true;
  if (first + last + others.reduce((sum, room) => sum + room, 0) < left) return false;
  const after = (room: number, rest: { others: readonly number[]; last: number }) => {
    let end = 0;
    for (let free = room - (sizes[0] ?? 0); free >= 0 && end < sizes.length; free -= sizes[end] ?? 0) end++;
    return end > 0 && canBeSplit(sizes.slice(end), { first: 0, ...rest });
  };
  if (after(first, { others, last })) return true;
  return others.some((room, device) => after(room, { others: others.toSpliced(device, 1), last }));
}

describe('placement: random clusters', () => {
  for (const { what, spread } of [
    { what: 'blocks of one size', spread: 0 },
    { what: 'blocks of several sizes', spread: 40 },
  ])
    it(`4 to 6 nodes that become 80 to 99 % full, ${what}: no false refusal (2000 clusters)`, () => {
      let feasible = 0;
      for (let seed = 1; seed <= 2000; seed++) {
        const next = random(seed);
        const upTo = (most: number) => Math.floor(next() * (most + 1));
        const onGpus = next() < 0.5;
        const free = Array.from({ length: 4 + upTo(2) }, () => (4000 + upTo(20000)) * MiB);
        const nodes = free.map((bytes, index) => {
          const size = { capacityBytes: bytes, freeBytes: bytes, overheadBytes: 0 };
          const ram = onGpus ? { capacityBytes: MiB, freeBytes: MiB } : size;
          return node(`node-${index}`, [...(onGpus ? [gpu('GPU', 0, 0, size)] : []), cpu(0, 0, ram)]);
        });
        const all = free.reduce((sum, bytes) => sum + bytes, 0);
        const blocks = 16 + upTo(64);
        const typical = ((0.8 + next() * 0.19) * all) / (blocks + 1);
        const size = () => Math.floor(typical * (1 + ((next() - 0.5) * spread) / 100));
        const first = size();
        const weights = Array.from({ length: blocks }, () => (spread === 0 ? first : size()));
        const model: ModelNeed = {
          ...need(1, { weights: 0, kv: 0, output: 0 }, ONLY_LAYERS),
          block_weights: weights,
          block_kv: weights.map(() => 0),
          output_weights: Math.floor(typical * (0.2 + next() * 2)),
        };
        const best = choose(previews(request(model, nodes)));
        // llama.cpp keeps layers of its own CPU in front, and those of its own GPUs behind.
        const [own = 0, ...others] = free;
        const rooms = onGpus ? { first: 0, others, last: own } : { first: own, others, last: 0 };
        const possible = canBeSplit([...weights, model.output_weights], rooms);
        const story = `seed ${seed}`;
        assert.equal(best !== null, possible, story);
        if (possible) feasible++;
        if (best !== null) assertTrue(best, model, story);
      }
      assert.ok(feasible > 1000, `only ${feasible} clusters could hold the model`);
    });

  it('nodes of any kind: every offer is true, and what fits somewhere is offered (2000 clusters)', () => {
    let held = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const next = random(seed);
      const upTo = (most: number) => Math.floor(next() * (most + 1));
      const nodes = Array.from({ length: 1 + upTo(3) }, (_, index) => anyNode(index, next, upTo));
      const blocks = 1 + upTo(10);
      const between = (most: number) => (1 + upTo(most)) * MiB;
      const model: ModelNeed = {
        ...need(1, { weights: 0, kv: 0, output: 0 }),
        block_weights: Array.from({ length: blocks }, () => between(3000)),
        block_kv: Array.from({ length: blocks }, () => between(300)),
        output_weights: between(3000),
        input_weights: between(500),
      };
      const story = `seed ${seed}`;
      const all = previews(request(model, nodes));
      for (const offer of all) if (offer.error === null) assertTrue(offer, model, story);
      const firstRefused = all.findIndex(({ error }) => error !== null);
      assert.ok(firstRefused < 0 || all.slice(firstRefused).every(({ error }) => error !== null), story);
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length, `${story}: an id twice`);
      if (fitsSomewhere(model, nodes)) {
        held++;
        assert.ok(choose(all), `${story}: refused though it fits`);
      }
    }
    assert.ok(held > 500, `only ${held} clusters could hold the model`);
  });
});

function anyNode(index: number, next: () => number, upTo: (most: number) => number): ClusterNode {
  const gpus = Array.from({ length: upTo(3) }, (_, position) => {
    const whole = 4 + 4 * upTo(5);
    const obstacle = next() < 0.1 ? 'asleep' : null;
    const bandwidth = next() < 0.2 ? null : 1e11 * (1 + upTo(9));
    return gpu('GPU', whole * next(), whole, { id: `GPU-${position}`, obstacle, bandwidth });
  });
  const ram = 4 + upTo(28);
  return node(`node-${index}`, [...gpus, cpu(ram * next(), ram)], index === 0 ? 0 : upTo(5));
}

/**
 * Whole on one GPU; the last layers on one GPU and the rest in RAM; in RAM; or anyhow over several nodes, their GPUs,
 * their RAM, or both, with at least two of them in use.
 */
function fitsSomewhere(model: ModelNeed, nodes: readonly ClusterNode[]): boolean {
  const { compute, input_weights: input } = model;
  const sizes = [
    ...model.block_weights.map((bytes, block) => bytes + (model.block_kv[block] ?? 0)),
    model.output_weights,
  ];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const free = (device: ClusterNode['devices'][number]) =>
    Math.floor(device.freeBytes) - device.overheadBytes;
  const ramOf = (of: ClusterNode) => of.devices.filter(({ kind }) => kind === 'cpu').map(free)[0] ?? 0;
  const [coordinator] = nodes;
  if (coordinator === undefined) return false;
  const embeddingsFit = ramOf(coordinator) >= input + compute.beside_gpu;

  for (const home of nodes) {
    const own = home === coordinator ? input : 0;
    if (ramOf(home) >= total + own + compute.cpu && (own > 0 || embeddingsFit)) return true;
    for (const device of home.devices) {
      if (device.kind === 'cpu' || device.obstacle !== null) continue;
      if (embeddingsFit && free(device) >= total + compute.gpu_whole) return true;
      for (let onCpu = 1; onCpu < sizes.length; onCpu++) {
        const inRam = sizes.slice(0, onCpu).reduce((sum, size) => sum + size, 0);
        const beside = home === coordinator ? Math.max(compute.cpu, compute.beside_gpu) : compute.cpu;
        const fits =
          inRam + own + beside <= ramOf(home) && total - inRam + compute.gpu_partial <= free(device);
        if (fits && (own > 0 || embeddingsFit)) return true;
      }
    }
  }
  const gpus = (buffer: number) =>
    nodes.flatMap((home, index) =>
      home.devices
        .filter(({ kind, obstacle }) => kind === 'gpu' && obstacle === null)
        // The coordinator's own come last, in their order.
        .map((device) => ({
          node: index,
          room: free(device) - buffer,
          rank: index === 0 ? 2 + (device.index ?? 0) : 1,
        })),
    );
  // llama.cpp computes in larger batches on other nodes, and in several at a time without layers on its own CPU.
  const cpus = (onOthers: number) =>
    nodes.map((home, index) => ({
      node: index,
      room:
        ramOf(home) -
        (index === 0 ? input + Math.max(compute.cpu, compute.beside_gpu) : onOthers * compute.cpu),
      rank: index === 0 ? 0 : 1,
    }));
  const onGpus = gpus(Math.max(compute.gpu_partial, compute.gpu_several));
  const [own, ...others] = cpus(2);
  return (
    embeddingsFit &&
    (overNodes(sizes, gpus(compute.gpu_several)) ||
      [[], onGpus].some(
        (more) =>
          (own !== undefined && overNodes(sizes, [own, ...others, ...more], own)) ||
          overNodes(sizes, [...cpus(4), ...more]),
      ))
  );
}

interface Bin {
  readonly node: number;
  readonly room: number;
  /** none may come before one of a lower rank */
  readonly rank: number;
}

/**
 * Every order of devices and every length of each run, until one has all layers on two nodes or more.
 * @param begin which must have the first layers
 */
function overNodes(sizes: readonly number[], bins: readonly Bin[], begin?: Bin): boolean {
  const hopeless = new Set<string>();
  const from = (first: number, used: readonly number[]): boolean => {
    if (first === sizes.length) return new Set(used.map((bin) => bins[bin]?.node)).size >= 2;
    const key = `${first} ${used.toSorted((a, b) => a - b)}`;
    if (hopeless.has(key)) return false;
    for (const [bin, { room, rank }] of bins.entries()) {
      if (used.includes(bin) || used.some((before) => (bins[before]?.rank ?? 0) > rank)) continue;
      if (begin !== undefined && used.length === 0 && bins[bin] !== begin) continue;
      let left = room;
      for (let next = first; next < sizes.length; next++) {
        left -= sizes[next] ?? 0;
        if (left < 0) break;
        if (from(next + 1, [...used, bin])) return true;
      }
    }
    hopeless.add(key);
    return false;
  };
  return from(0, []);
}
