/** One model over machines of their own: a network that fails, three at once, and the story that is promised to users. */
import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Instance, Peer, State } from '#protocol';
import {
  cleanUp,
  freshFolder,
  freshHome,
  type HostUnderTest,
  startHost,
  tellFreeRam,
  vramesh,
} from '../../support/host';
import { createNetwork, type Machine, type Network } from '../../support/network';
import { childrenOf, listeningPorts } from '../../support/processes';
import { oneGigabyte, writeRandomModel } from '../../support/random-model';
import { until } from '../../support/until';

/** Bytes that a host leaves to everything else, and that each has for models. */
const [reserve, allowed] = [512 * 2 ** 20, 700e6];
const wishes = ['--context-size', '256', '--sequences', '1'];

describe('network: one model over several machines', function () {
  this.timeout(180_000);

  let folder: string;
  let network: Network;
  let large: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    large = path.join(folder, 'large.gguf');
    const says = ['length', ';', 'Ġi', '++', ')', 'Ġ{'];
    writeRandomModel(large, { ...oneGigabyte, says });
    assert.ok(statSync(large).size >= 1e9);
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    network = createNetwork();
  });
  afterEach(async () => {
    await cleanUp();
    network.close();
  });

  async function run(host: HostUnderTest, ...args: string[]) {
    const { code, stdout, stderr } = await vramesh([...args, '--json'], { home: host.home });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  /** @param forModels bytes */
  async function start(machine: Machine, forModels: number, model?: string, program?: string) {
    const home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    if (model) symlinkSync(model, path.join(home, 'models', 'large.gguf'));
    const meminfo = path.join(freshFolder(), 'meminfo');
    tellFreeRam(meminfo, reserve + forModels);
    return startHost({ home, namespace: machine.namespace, meminfo, ...(program ? { program } : {}) });
  }

  async function joined(first: HostUnderTest, ...others: HostUnderTest[]): Promise<void> {
    for (const other of others) {
      const { line } = await run(first, 'invite');
      await run(other, 'join', line);
    }
    for (const host of [first, ...others])
      await until('all are online, and their links measured', async () => {
        const peers = (await run(host, 'peers')).peers as Peer[];
        return (
          peers.length === others.length &&
          peers.every(({ status, bytes_per_second }) => status === 'online' && bytes_per_second !== null) &&
          // Until then their memory is promised.
          (await stateOf(host)).instances.every(({ state }) => state === 'ready')
        );
      });
  }

  /** By the command line: its HTTP is of another network. */
  const stateOf = async (host: HostUnderTest): Promise<State> => run(host, 'status');

  const place = async (host: HostUnderTest): Promise<Instance> =>
    (await run(host, 'place', 'large', ...wishes)).instance;

  const current = async (host: HostUnderTest, name = 'large'): Promise<Instance | undefined> =>
    (await stateOf(host)).instances.find(
      ({ model, node_id }) => model.name === name && node_id === host.ready.node_id,
    );

  const line = '  for (let i = 0; i < list.';

  /** What the command line prints for the end of `line`. */
  async function completion({ home }: HostUnderTest): Promise<string> {
    const file = path.join(freshFolder(), 'loop.ts');
    writeFileSync(file, `export function print(list: string[]) {\n${line}\n}\n`);
    const { stdout, stderr } = await vramesh(['complete', `${file}:2:${line.length + 1}`], { home });
    assert.equal(stderr, '');
    return stdout;
  }

  it('1 GB over two hosts that are allowed 700 MB each: ready, and it answers', async () => {
    const machines = [network.machine(), network.machine()] as const;
    const [a, b] = [await start(machines[0], allowed, large), await start(machines[1], allowed)];
    await joined(a, b);
    const ports = [a, b].map(({ pid }) => listeningPorts(pid));
    const instance = await place(a);
    assert.equal(instance.state, 'ready');
    assert.deepEqual(
      [a, b].map(({ pid }) => listeningPorts(pid)),
      ports,
      'somebody listens for shards',
    );
    assert.ok(ports.every(({ length }) => length > 0));
    assert.deepEqual(instance.placement?.nodes, [a.ready.node_id, b.ready.node_id]);
    for (const { total_bytes, free_bytes } of instance.placement?.shares ?? [])
      assert.ok(total_bytes <= free_bytes);
    assert.match(await completion(a), /^length; i\+\+\) \{\n/);
    const { stdout } = await vramesh(['status'], { home: b.home });
    assert.match(stdout, /Lent: .* for large/);
  });

  it('three hosts with 5 ms between them, each with layers of it: the same text as one alone writes', async () => {
    const alone = await startHost();
    await until('it can complete', async () =>
      (await stateOf(alone)).instances.some(({ state }) => state === 'ready'),
    );
    const delayMs = 5;
    const machines = [network.machine(), network.machine({ delayMs }), network.machine({ delayMs })] as const;
    const hosts = [
      await start(machines[0], allowed),
      await start(machines[1], allowed),
      await start(machines[2], allowed),
    ] as const;
    await joined(...hosts);
    const { instance } = await run(hosts[0], 'place', 'vramesh-tiny', '--min-nodes', '3');
    assert.equal(instance.shards.length, 2);
    assert.equal(instance.placement?.nodes.length, 3);
    const [ofThree, ofOne] = [await completion(hosts[0]), await completion(alone)];
    assert.match(ofThree, /length/);
    assert.equal(ofThree, ofOne);
    const shards = (await current(hosts[0], 'vramesh-tiny'))?.shards ?? [];
    assert.ok(
      shards.every(({ bytes_per_token }) => (bytes_per_token ?? 0) > 0),
      'each has computed',
    );
    const peers = (await run(hosts[1], 'peers')).peers as Peer[];
    for (const { round_trip_ms } of peers) assert.ok((round_trip_ms ?? 0) >= delayMs);
  });

  it('a machine that dies while another one could take its layers: there they go, and it answers', async () => {
    const machines = [network.machine(), network.machine(), network.machine()] as const;
    const [a, ...others] = [
      await start(machines[0], allowed),
      await start(machines[1], allowed),
      await start(machines[2], allowed),
    ];
    await joined(a, ...others);
    const { instance } = await run(a, 'place', 'vramesh-tiny', '--min-nodes', '2');
    const lender = others.find(({ ready }) => ready.node_id === instance.shards[0]?.node_id);
    const heir = others.find((host) => host !== lender);
    lender?.process.kill('SIGKILL');
    const again = await until('it is back', async () => {
      const now = await current(a, 'vramesh-tiny');
      return now?.state === 'ready' && now.engine_pid !== instance.engine_pid && now;
    });
    assert.deepEqual(
      again.shards.map(({ node_id }) => node_id),
      [heir?.ready.node_id],
    );
    assert.match(await completion(a), /length/);
  });

  it('a cable that is pulled: what was lent is free; and it is back with the cable', async () => {
    const [one, two] = [network.machine(), network.machine()];
    const [a, b] = [await start(one, allowed, large), await start(two, allowed)];
    await joined(a, b);
    const before = childrenOf(b.pid).length;
    await place(a);
    two.cable('out');
    await until('the lender has its memory back', async () => childrenOf(b.pid).length <= before);
    await until('the coordinator has tried what is left', async () => (await current(a))?.state === 'failed');
    assert.match((await current(a))?.error ?? '', /short/);
    two.cable('in');
    await until('it is back', async () => (await current(a))?.state === 'ready');
    assert.match(await completion(a), /^length/);
  });

  it('a machine with another release is not used, and the preview says so', async () => {
    const other = path.join(folder, 'other');
    cpSync(path.resolve('dist'), path.join(other, 'dist'), {
      recursive: true,
      filter: (source) => !/dist\/(test|example)(\/|$)/.test(source),
    });
    for (const name of ['media', 'node_modules']) symlinkSync(path.resolve(name), path.join(other, name));
    const manifest = path.join(other, 'dist/native', `${process.platform}-${process.arch}`, 'manifest.json');
    const known = JSON.parse(readFileSync(manifest, 'utf8'));
    writeFileSync(manifest, JSON.stringify({ ...known, build: 'another' }));

    const [one, two] = [network.machine(), network.machine()];
    const a = await start(one, allowed, large);
    const b = await start(two, allowed, undefined, path.join(other, 'dist/vramesh.js'));
    await joined(a, b);
    const { previews } = await run(a, 'preview', 'large', ...wishes);
    const [together] = previews.filter(({ kind }: { kind: string }) => kind === 'nodes');
    assert.match(together.error, /runs another release of VRAMesh/);
  });
});
