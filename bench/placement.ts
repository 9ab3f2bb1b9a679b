/** What previews cost on clusters of 8 GPUs a node: where a model fits everywhere, and where it fits nowhere but together. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { createInspections } from '../server/src/models/inspections';
import { previews } from '../server/src/placement';
import { cpu, gpu, need, node, random, request } from '../test/unit/placement/support';
import { below, median, type Row } from './row';

const limits: readonly [nodes: number, ms: number][] = [
  [10, 2],
  [100, 20],
  [1000, 250],
];
const cacheCalls = 1000;
const warmUp = 5;
const rounds = 15;

const models = {
  'fits one GPU': need(28, { weights: 140, kv: 32, output: 430 }),
  'needs several nodes': need(80, { weights: 2600, kv: 320, output: 1000 }),
};

export async function placement(): Promise<Row[]> {
  return [...speeds(), await fromCache()];
}

function speeds(): Row[] {
  return Object.entries(models).flatMap(([what, model]) =>
    limits.map(([nodes, limit]) => {
      const asked = request(uneven(model), cluster(nodes));
      const times = Array.from({ length: warmUp + rounds }, () => {
        const begin = performance.now();
        previews(asked);
        return performance.now() - begin;
      });
      const time = median(times.slice(warmUp));
      return below(`previews for ${nodes} nodes of 8 GPUs, a model that ${what}`, time, limit, 'ms');
    }),
  );
}

/** What a model needs, worked out before: the file is looked at, and not read. */
async function fromCache(): Promise<Row> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-bench-'));
  const file = path.join(folder, 'coder.gguf');
  writeFileSync(file, 'GGUF');
  const { facts, need: worked } = request(models['fits one GPU'], cluster(1));
  const inspections = createInspections({
    file: path.join(folder, 'inspections.json'),
    inspect: async () => ({ facts, need: worked }),
    log: pino({ level: 'silent' }),
  });
  const model = { id: file, name: 'coder', path: file, size_bytes: 4, embedded: false };
  const wish = {
    contextSize: 4096,
    sequences: 4,
    kvCacheType: 'f16' as const,
    backendKey: 'bench',
    onGpu: false,
  };
  await inspections.get(model, wish);
  const begin = performance.now();
  for (let call = 0; call < cacheCalls; call++) await inspections.get(model, wish);
  const time = (performance.now() - begin) / cacheCalls;
  await inspections.settled();
  rmSync(folder, { recursive: true });
  return below('what a model needs, from the cache', time, 1, 'ms');
}

/** As in a file of mixed quantisation: some blocks are larger. */
function uneven(model: ReturnType<typeof need>): ReturnType<typeof need> {
  const larger = (bytes: number, block: number) => (block % 3 === 0 ? Math.floor(bytes * 1.15) : bytes);
  return { ...model, block_weights: model.block_weights.map(larger) };
}

function cluster(nodes: number) {
  const next = random(nodes);
  return Array.from({ length: nodes }, (_, index) => {
    const gpus = Array.from({ length: 8 }, (_, position) =>
      gpu('RTX 4090', 24 * (0.6 + 0.4 * next()), 24, { id: `GPU-${index}-${position}` }),
    );
    return node(`node-${index}`, [...gpus, cpu(100 * next(), 128)], index === 0 ? 0 : 1);
  });
}
