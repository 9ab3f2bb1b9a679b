/**
 * A model over several machines, against llama.cpp's RPC over plain TCP: the same libraries, the same shard servers, the
 * same delay on the way. And what the lasting thread pool brings on one machine.
 */
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import path from 'node:path';
import pino from 'pino';
import { shardRequestSchema } from '#protocol';
import { openIdentity } from '../server/src/cluster/identity';
import { createTunnels } from '../server/src/cluster/tunnel';
import { createWire, readFrame, writeFrame } from '../server/src/cluster/wire';
import {
  type Engine,
  findNativeLibrary,
  type NativeLibrary,
  startEngine,
  startShardServer,
} from '../server/src/inference';
import { complete, text } from '../test/integration/inference/support';
import { freshFolder } from '../test/support/host';
import { writeRandomModel } from '../test/support/random-model';
import { median, type Row } from './row';

const MIB = 2 ** 20;
const log = pino({ level: 'silent' });
const never = new AbortController().signal;
const enginePath = path.resolve('dist/engine.js');
/** scripts/bench.mjs compiles it. */
const plainLibrary = path.resolve('dist/bench/libplain.so');
const rounds = 3;
const tokens = 64;
const layers = 13;

type Transport = 'tcp' | 'tunnel';

export async function split(): Promise<Row[]> {
  const folder = freshFolder();
  const found = findNativeLibrary(path.resolve('dist'));
  if ('problem' in found) throw new Error(found.problem);
  const libraries: Record<Transport, NativeLibrary> = {
    tunnel: found,
    tcp: { path: plainLibrary, build: 'bench' },
  };
  const model = path.join(folder, 'model.gguf');
  writeRandomModel(model, { embedding: 1024, feedForward: 4096, layers: layers - 1, heads: 16 });
  const large = path.join(folder, 'large.gguf');
  writeRandomModel(large, { embedding: 2048, feedForward: 12_288, layers: 8, heads: 16 });
  const rig = await createRig(folder, libraries);
  try {
    const rows: Row[] = [await poolGain(model, found)];
    for (const shards of [1, 2])
      for (const delay of [0, 1, 5]) rows.push(await decodeRow(rig, model, shards, delay));
    rows.push(...(await loadRows(rig, large)));
    return rows;
  } finally {
    rig.close();
  }
}

async function poolGain(modelPath: string, native: NativeLibrary): Promise<Row> {
  const speeds: Record<string, number[]> = { with: [], without: [] };
  const threads: Record<string, number[]> = { with: [], without: [] };
  for (let round = 0; round < rounds; round++)
    for (const [name, library] of [
      ['with', native],
      ['without', null],
    ] as const) {
      const engine = await engineWith({ modelPath, native: library, gpuLayers: 0 });
      threads[name]?.push(engine.model.threads);
      speeds[name]?.push(await decodeSpeed(engine));
      await engine.stop();
    }
  const [pool, none] = [median(speeds.with ?? []), median(speeds.without ?? [])];
  return {
    measure:
      'decode on the CPU: with the lasting thread pool : without it, each with the threads that it chose',
    target: '≥ 2.0 with 2 threads',
    measured: `${pool.toFixed(0)} : ${none.toFixed(0)} tok/s, ${(pool / none).toFixed(2)} times (${threads.with} and ${threads.without} threads)`,
    ok: [...(threads.with ?? []), ...(threads.without ?? [])].every((count) => count === 2)
      ? pool / none >= 2
      : null,
  };
}

async function decodeRow(rig: Rig, modelPath: string, shards: number, delay: number): Promise<Row> {
  const speeds: Record<Transport, number[]> = { tcp: [], tunnel: [] };
  for (let round = 0; round < rounds; round++)
    for (const transport of ['tcp', 'tunnel'] as const) {
      const { engine, close } = await rig.start({ transport, modelPath, shards, delay, cacheBytes: 0 });
      speeds[transport].push(await decodeSpeed(engine));
      await close();
    }
  const [ours, plain] = [median(speeds.tunnel), median(speeds.tcp)];
  const ratio = ours / plain;
  return {
    measure: `decode over ${shards} shard(s), ${delay} ms of delay: tunnel : plain TCP`,
    target: '≥ 0.90',
    measured: `${ours.toFixed(1)} : ${plain.toFixed(1)} tok/s, ${ratio.toFixed(2)}`,
    ok: ratio >= 0.9,
  };
}

async function loadRows(rig: Rig, modelPath: string): Promise<Row[]> {
  const times: Record<Transport, number[]> = { tcp: [], tunnel: [] };
  for (let round = 0; round < rounds; round++)
    for (const transport of ['tcp', 'tunnel'] as const) {
      const begin = performance.now();
      const { close } = await rig.start({ transport, modelPath, shards: 1, delay: 0, cacheBytes: 0, all: 9 });
      times[transport].push(performance.now() - begin);
      await close();
    }
  const sent: number[] = [];
  for (let round = 0; round < 2; round++) {
    const { close, sentBytes } = await rig.start({
      transport: 'tunnel',
      modelPath,
      shards: 1,
      delay: 0,
      cacheBytes: 2048 * MIB,
      all: 9,
    });
    await close();
    sent.push(sentBytes());
  }
  const [first = 0, second = 0] = sent;
  const ratio = median(times.tcp) / median(times.tunnel);
  return [
    {
      measure: `loading ${(first / MIB).toFixed(0)} MiB over one shard, starts of the processes included: tunnel : plain TCP`,
      target: '≥ 0.80',
      measured: `${seconds(median(times.tunnel))} : ${seconds(median(times.tcp))} s, throughput ${ratio.toFixed(2)}`,
      ok: ratio >= 0.8,
    },
    {
      measure: 'second load : first load, bytes sent',
      target: '≤ 0.35',
      measured: (second / first).toFixed(2),
      ok: second / first <= 0.35,
    },
  ];
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

interface EngineWishes {
  readonly modelPath: string;
  readonly native: NativeLibrary | null;
  readonly gpuLayers: number;
  readonly shards?: readonly { socket: string; layers: number[] }[];
}

function engineWith({ modelPath, native, gpuLayers, shards }: EngineWishes): Promise<Engine> {
  return startEngine({
    modelPath,
    native,
    backends: ['cpu'],
    cudaExpected: false,
    plan: { gpuLayers, gpus: [], ...(shards ? { split: { shards, gpuLayers: [] } } : {}) },
    kvCacheType: 'f16',
    contextSize: 512,
    sequences: 1,
    programSequences: 1,
    log,
    onProgress: () => {},
    signal: never,
    enginePath,
  });
}

async function decodeSpeed(engine: Engine): Promise<number> {
  const prompt = [text('function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1); }')];
  const speeds: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { stats } = await complete(engine, prompt, { maxTokens: tokens });
    speeds.push(stats.tokens_per_second ?? 0);
  }
  return median(speeds);
}

interface Start {
  readonly transport: Transport;
  readonly modelPath: string;
  readonly shards: number;
  /** ms that are added to a round trip */
  readonly delay: number;
  readonly cacheBytes: number;
  /** layers of the model */
  readonly all?: number;
}

interface Rig {
  start(wishes: Start): Promise<{ engine: Engine; sentBytes(): number; close(): Promise<void> }>;
  close(): void;
}

/** Two nodes in this process, with a relay between them that holds back what returns. */
async function createRig(folder: string, libraries: Record<Transport, NativeLibrary>): Promise<Rig> {
  const [own, lender] = ['own', 'lender'].map((name) => openIdentity(path.join(folder, `${name}.pem`)));
  if (own === undefined || lender === undefined) throw new Error('There are no identities.');
  const wire = createWire({
    identity: lender,
    name: 'lender',
    version: 'bench',
    log,
    trusted: () => true,
    joinsOpen: () => false,
  });
  let behind: string[] = [];
  wire.handle('shard', ({ socket }) => {
    void readFrame(socket, { schema: shardRequestSchema, limit: 8192, patienceMs: 5000 }).then(() => {
      const local = connectTcp(behind.shift() ?? '');
      writeFrame(socket, { refused: null });
      socket.pipe(local).pipe(socket);
      for (const end of [socket, local]) end.on('error', () => {});
      socket.once('close', () => local.destroy());
      local.once('close', () => socket.destroy());
    });
  });
  const port = await wire.listen(0);
  let address = '';
  const tunnels = createTunnels({
    workerPath: path.resolve('dist/tunnel.js'),
    identity: own,
    greeting: { name: 'own', version: 'bench' },
    addressesOf: () => [address],
  });
  let count = 0;

  async function start({ transport, modelPath, shards, delay, cacheBytes, all = layers }: Start) {
    const native = libraries[transport];
    const split = Array.from({ length: shards }, (_, index) =>
      index === shards - 1 ? all - Math.floor(all / shards) * (shards - 1) : Math.floor(all / shards),
    );
    const places = split.map(() => {
      count += 1;
      return { server: path.join(folder, `s${count}`), port: 40_000 + count };
    });
    const servers = await Promise.all(
      places.map(({ server, port: at }) =>
        startShardServer({
          enginePath,
          native,
          backends: ['cpu'],
          devices: [{ gpu: null, bytes: 2048 * MIB }],
          socket: transport === 'tcp' ? `127.0.0.1:${at}` : server,
          cache: { folder, bytes: cacheBytes },
          log,
          signal: never,
          onUse: () => {},
        }),
      ),
    );
    const relays: { close(): void }[] = [];
    const sockets: string[] = [];
    const open: Awaited<ReturnType<typeof tunnels.open>>[] = [];
    for (const { server, port: at } of places) {
      const relay = await delayed(transport === 'tcp' ? at : port, delay);
      relays.push(relay);
      if (transport === 'tcp') {
        sockets.push(`127.0.0.1:${relay.port}`);
        continue;
      }
      address = `127.0.0.1:${relay.port}`;
      behind = [server];
      const socket = `${server}t`;
      const request = {
        id: server,
        build: native.build,
        model: 'bench',
        devices: [{ device_id: 'cpu', total_bytes: 0, buffer_bytes: 0 }],
      };
      open.push(await tunnels.open({ peerId: lender?.nodeId ?? '', request, socket, signal: never }));
      sockets.push(socket);
    }
    const engine = await engineWith({
      modelPath,
      native,
      gpuLayers: all,
      shards: sockets.map((socket, index) => ({ socket, layers: [split[index] ?? 0] })),
    });
    return {
      engine,
      sentBytes: () => open.reduce((sum, tunnel) => sum + tunnel.traffic().sent, 0),
      async close() {
        await engine.stop();
        await Promise.all(servers.map((server) => server.stop()));
        for (const tunnel of open) tunnel.close();
        for (const relay of relays) relay.close();
      },
    };
  }

  return {
    start,
    close() {
      tunnels.close();
      wire.close();
    },
  };
}

/** Passes on what comes at once, and what returns after `delay` ms; without a delay there is no relay at all. */
async function delayed(target: number, delay: number): Promise<{ port: number; close(): void }> {
  if (delay === 0) return { port: target, close: () => {} };
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connectTcp({ host: '127.0.0.1', port: target, noDelay: true });
    from.setNoDelay(true).pipe(to);
    to.on('data', (chunk) => setTimeout(() => from.write(chunk), delay));
    for (const [end, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(end);
      end.on('error', () => {}).once('close', () => setTimeout(() => other.destroy(), delay + 5));
    }
  });
  await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
