/** Layers of a model in other processes: real engines, real shard servers, the sockets between them without a network. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pino from 'pino';
import {
  type Engine,
  type ShardServer,
  type ShardServerOptions,
  startShardServer,
} from '../../../server/src/inference';
import { cleanUp, freshFolder } from '../../support/host';
import { withDevices } from '../../support/lavapipe';
import { connectAsNobody } from '../../support/processes';
import { writeRandomModel } from '../../support/random-model';
import { isAlive, until } from '../../support/until';
import { complete, enginePath, infill, native, PATIENCE_MS, start } from './support';

const MIB = 2 ** 20;
const prompt = infill('const names = users.map((user) => user.', ');\n');

describe('shards of a model', function () {
  this.timeout(PATIENCE_MS);

  const engines: Engine[] = [];
  const servers: ShardServer[] = [];
  let folder: string;
  let count = 0;

  beforeEach(() => {
    folder = freshFolder();
  });
  afterEach(async () => {
    await Promise.all([...engines.splice(0), ...servers.splice(0)].map((it) => it.stop()));
  });
  after(cleanUp);

  async function lend(
    changes: Partial<ShardServerOptions> = {},
  ): Promise<{ server: ShardServer; socket: string }> {
    const socket = path.join(folder, `${++count}.sock`);
    const server = await startShardServer({
      enginePath,
      native,
      backends: ['cpu'],
      devices: [{ gpu: null, bytes: 512 * MIB }],
      socket,
      cache: { folder, bytes: 1024 * MIB },
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      onUse: () => {},
      ...changes,
    });
    servers.push(server);
    return { server, socket };
  }

  async function engineOn(layers: number[][], changes: Parameters<typeof start>[0] = {}) {
    const shards = await Promise.all(
      layers.map(async (layersOfShard) => {
        const devices = layersOfShard.map(() => ({ gpu: null, bytes: 512 * MIB }));
        return { layers: layersOfShard, ...(await lend({ devices })) };
      }),
    );
    const gpuLayers = layers.flat().reduce((sum, number) => sum + number, 0);
    const engine = await start({
      plan: { gpuLayers, gpus: [], split: { shards, gpuLayers: [] } },
      ...changes,
    });
    engines.push(engine);
    return { engine, shards };
  }

  const layersOfTiny = async () => {
    const engine = await start();
    const { layers } = engine.model;
    await engine.stop();
    return layers;
  };

  it('hold the layers that were planned, and write what one server writes', async () => {
    const layers = await layersOfTiny();
    const one = await engineOn([[layers]]);
    const two = await engineOn([[2], [layers - 2]]);
    const half = await engineOn([[1], [layers - 3]]);
    assert.equal(one.engine.model.layers_on_gpu, layers);
    assert.equal(half.engine.model.layers_on_gpu, layers - 2);
    const expected = await complete(one.engine, prompt);
    assert.ok(expected.text.length > 0);
    assert.equal((await complete(two.engine, prompt)).text, expected.text);
    assert.ok((await complete(half.engine, prompt)).text.length > 0);
  });

  it('compute what one process computes alone, token for token', async () => {
    const modelPath = path.join(folder, 'f16.gguf');
    writeRandomModel(modelPath, { embedding: 256, feedForward: 704, layers: 5, heads: 4, weights: 'f16' });
    const wishes = { modelPath, contextSize: 512, sequences: 1 };
    const local = await start(wishes);
    engines.push(local);
    const tokens = (engine: Engine) => complete(engine, prompt, { maxTokens: 48 });
    const expected = await tokens(local);
    assert.ok(new Set(expected.text).size > 5, 'it writes something that can be told apart');
    for (const layers of [[[6]], [[2], [4]], [[1], [3]]]) {
      const { engine } = await engineOn(layers, wishes);
      assert.equal((await tokens(engine)).text, expected.text, JSON.stringify(layers));
    }
  });

  /** Bytes of the KV cache on each device: every layer has as many, but the output layer, which has none. */
  const kvCaches = ({ model: { buffers } }: Engine) =>
    Object.fromEntries(
      buffers.filter(({ kind }) => kind === 'kv_cache').map(({ device, bytes }) => [device, bytes]),
    );

  it('come before the GPUs of the engine’s own machine, each with the layers that were planned', async () => {
    await withDevices(1, async (gpus) => {
      const { socket } = await lend();
      const split = { shards: [{ socket, layers: [1] }], gpuLayers: [4] };
      const engine = await start({ backends: ['vulkan'], plan: { gpuLayers: 5, gpus, split } });
      engines.push(engine);
      const { CPU, Vulkan0, ...shards } = kvCaches(engine);
      assert.deepEqual(shards, { 'RPC0[0:0]': CPU });
      assert.equal(Vulkan0, 3 * (CPU ?? 0));
      assert.ok(engine.model.devices.every((name) => !name.includes(':')));
      assert.ok((await complete(engine, prompt)).text.length > 0);
    });
  });

  it('may be GPUs and RAM of one machine', async () => {
    await withDevices(1, async ([gpu]) => {
      assert.ok(gpu);
      const devices = [
        { gpu, bytes: 512 * MIB },
        { gpu: null, bytes: 512 * MIB },
      ];
      const { socket } = await lend({ backends: ['vulkan'], devices });
      const split = { shards: [{ socket, layers: [1, 4] }], gpuLayers: [] };
      const engine = await start({ plan: { gpuLayers: 5, gpus: [], split } });
      engines.push(engine);
      const { CPU = 0, ...shards } = kvCaches(engine);
      assert.deepEqual(shards, { 'RPC0[0:0]': CPU, 'RPC1[0:0]': 3 * CPU });
      assert.ok((await complete(engine, prompt)).text.length > 0);
    });
  });

  it('end when their engine ends, and leave nothing', async () => {
    const { engine, shards } = await engineOn([[3], [2]]);
    await engine.stop();
    for (const { server } of shards) {
      const { code } = await server.exited;
      assert.equal(code, 0);
      assert.equal(await isAlive(server.pid), false);
    }
  });

  it('give no more memory than was lent', async () => {
    const { socket } = await lend({ devices: [{ gpu: null, bytes: 1 * MIB }] });
    const split = { shards: [{ socket, layers: [3] }], gpuLayers: [] };
    await assert.rejects(start({ plan: { gpuLayers: 3, gpus: [], split } }), {
      name: 'LoadError',
      reason: 'memory',
    });
  });

  it('tell what they hold', async () => {
    const seen: (readonly number[])[] = [];
    const { socket } = await lend({ onUse: (bytes) => seen.push(bytes) });
    const split = { shards: [{ socket, layers: [3] }], gpuLayers: [] };
    engines.push(await start({ plan: { gpuLayers: 3, gpus: [], split } }));
    await until('it tells of the weights', async () => (seen.at(-1)?.[0] ?? 0) > MIB);
  });

  it('keep what was sent, so that it is not sent again', async () => {
    const model = path.join(folder, 'random.gguf');
    writeRandomModel(model, { embedding: 2048, feedForward: 12_288, layers: 3, heads: 16 });
    const cached = () => readdirSync(folder).filter((name) => /^[0-9a-f]{16}$/.test(name));
    const sent: number[] = [];
    for (const round of [0, 1]) {
      const { socket } = await lend();
      const relay = await countBytes(socket, path.join(folder, `relay-${round}.sock`));
      const split = { shards: [{ socket: relay.socket, layers: [3] }], gpuLayers: [] };
      const engine = await start({ modelPath: model, plan: { gpuLayers: 3, gpus: [], split } });
      await engine.stop();
      sent.push(relay.bytes());
    }
    assert.ok(cached().length > 0);
    const [first = 0, second = 0] = sent;
    assert.ok(second < 0.35 * first, `${second} of ${first} bytes`);
  });

  it('do without a cache when there is no room for it', async () => {
    const model = path.join(folder, 'random.gguf');
    writeRandomModel(model, { embedding: 2048, feedForward: 12_288, layers: 2, heads: 16 });
    const { socket } = await lend({ cache: { folder, bytes: 0 } });
    const split = { shards: [{ socket, layers: [2] }], gpuLayers: [] };
    engines.push(await start({ modelPath: model, plan: { gpuLayers: 2, gpus: [], split } }));
    assert.deepEqual(
      readdirSync(folder).filter((name) => /^[0-9a-f]{16}/.test(name)),
      [],
    );
  });

  it('do without a cache when the disk is full, and leave no half of a file', async () => {
    const model = path.join(folder, 'random.gguf');
    writeRandomModel(model, { embedding: 2048, feedForward: 12_288, layers: 2, heads: 16 });
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    // Room for one of its six large tensors, and a part of the next.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk]);
    try {
      const texts: string[] = [];
      for (const _round of [1, 2]) {
        const { socket } = await lend({ cache: { folder: disk, bytes: 1024 * MIB } });
        const split = { shards: [{ socket, layers: [3] }], gpuLayers: [] };
        const engine = await start({ modelPath: model, plan: { gpuLayers: 3, gpus: [], split } });
        engines.push(engine);
        texts.push((await complete(engine, prompt)).text);
        const sizes = readdirSync(disk).map((name) => statSync(path.join(disk, name)).size);
        assert.deepEqual(sizes, [14_155_776]);
      }
      // What was kept is whole: the second load, which takes it from there, writes the same.
      assert.equal(texts[1], texts[0]);
    } finally {
      await Promise.all([...engines.splice(0), ...servers.splice(0)].map((it) => it.stop()));
      execFileSync('umount', [disk]);
    }
  });

  it('let in no other user: their folder keeps them out', async () => {
    chmodSync(path.dirname(folder), 0o755);
    chmodSync(folder, 0o700);
    const { socket } = await lend();
    assert.equal(connectAsNobody(socket), 'EACCES');
    // It was nothing else that did.
    chmodSync(folder, 0o755);
    chmodSync(socket, 0o777);
    assert.equal(connectAsNobody(socket), 'connected');
  });

  it('take one coordinator, and nobody after it', async () => {
    const { shards } = await engineOn([[3]]);
    const socket = shards[0]?.socket ?? '';
    const error = await new Promise<NodeJS.ErrnoException>((fulfil) => {
      net
        .connect(socket)
        .on('error', fulfil)
        .on('connect', () => assert.fail('it took another one'));
    });
    assert.equal(error.code, 'ECONNREFUSED');
  });

  it('are ended by what is no message, and the engine by the loss of its shard', async () => {
    const { server, socket } = await lend();
    net
      .connect(socket)
      .on('error', () => {})
      .end(Buffer.alloc(64, 0xff));
    await server.exited;

    const { engine, shards } = await engineOn([[3]]);
    process.kill(shards[0]?.server.pid ?? 0, 'SIGKILL');
    await shards[0]?.server.exited;
    await assert.rejects(complete(engine, prompt));
    assert.equal((await engine.exited).expected, false);
  });

  it('compute no graph that calls a function of its sender', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
    const { server, socket } = await lend({ log });
    const hello = Buffer.concat([Buffer.from([14]), length(24), Buffer.alloc(24)]);
    const graph = graphOf(customOperation);
    const compute = Buffer.concat([Buffer.from([10]), length(graph.length), graph]);
    net
      .connect(socket)
      .on('error', () => {})
      .write(Buffer.concat([hello, compute]));
    assert.notEqual((await server.exited).code, 0);
    assert.ok(
      lines.some((line) => line.includes('refused: the graph calls a function of its sender')),
      lines.join(''),
    );
  });

  for (const [what, command, bytes] of [
    ['tensor', 6, 2 ** 40],
    ['tensor that is larger than what was lent', 6, 514 * MIB],
    ['graph', 10, 17 * MIB],
  ] as const)
    it(`refuse a ${what} of ${bytes} bytes before they make room for it`, async () => {
      const { server, socket } = await lend();
      const hello = Buffer.concat([Buffer.from([14]), length(24), Buffer.alloc(24)]);
      const setTensor = Buffer.concat([Buffer.from([command]), length(bytes)]);
      net
        .connect(socket)
        .on('error', () => {})
        .write(Buffer.concat([hello, setTensor]));
      assert.equal((await server.exited).code, 0);
    });
});

/** GGML_OP_CUSTOM. */
const customOperation = 95;

/** A graph of one tensor without data, as ggml-rpc writes it: device, nodes, tensors. */
function graphOf(operation: number): Buffer {
  const tensor = Buffer.alloc(296);
  tensor.writeBigUInt64LE(1n, 0);
  for (const [dimension, bytes] of [4, 4, 4, 4].entries()) {
    tensor.writeUInt32LE(1, 20 + 4 * dimension);
    tensor.writeUInt32LE(bytes, 36 + 4 * dimension);
  }
  tensor.writeUInt32LE(operation, 52);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(1, 4);
  head.writeBigUInt64LE(1n, 8);
  head.writeUInt32LE(1, 16);
  return Buffer.concat([head, tensor]);
}

function length(bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(bytes));
  return buffer;
}

/** Stands between an engine and its shard, and counts what the engine sends. */
async function countBytes(target: string, socket: string): Promise<{ socket: string; bytes(): number }> {
  let bytes = 0;
  const server = net.createServer((from) => {
    const to = net.connect(target);
    from.on('data', (chunk) => {
      bytes += chunk.length;
    });
    from.pipe(to).pipe(from);
    for (const end of [from, to]) end.on('error', () => {});
  });
  await new Promise<void>((fulfil) => server.listen(socket, fulfil));
  server.unref();
  return { socket, bytes: () => bytes };
}
