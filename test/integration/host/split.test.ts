/** One model over two machines: neither can hold it alone. Real hosts, engines, shard servers and TLS; only the RAM is told. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  inviteRequest,
  joinRequest,
  type Preview,
  placeRequest,
  previewsRequest,
  type State,
  unplaceRequest,
} from '#protocol';
import {
  cleanUp,
  freshFolder,
  freshHome,
  type HostUnderTest,
  startHost,
  tellFreeRam,
} from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { childrenOf, connectAsNobody } from '../../support/processes';
import { writeRandomModel } from '../../support/random-model';
import { isAlive, until } from '../../support/until';

const MIB = 2 ** 20;
const args = ['--peer-port', '0', '--no-discovery'];
/** What a host leaves to everything else, and what the two have for models. */
const reserve = 512 * MIB;
const forModels = 460 * MIB;
const wishes = { context_size: 256, sequences: 1 };

describe('host: one model over two machines', function () {
  this.timeout(120_000);

  let folder: string;
  let model: string;
  let here: HostUnderTest;
  let there: HostUnderTest;
  let editor: LspClient;
  let admin: LspClient;
  /** Of `there`. */
  let meminfo: string;
  let documents = 0;

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    model = path.join(folder, 'large.gguf');
    const says = ['length', ';'];
    writeRandomModel(model, { embedding: 1536, feedForward: 12_544, layers: 10, heads: 16, says });
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    const home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    copyFileSync(model, path.join(home, 'models', 'large.gguf'));
    meminfo = path.join(freshFolder(), 'there');
    const own = path.join(freshFolder(), 'here');
    for (const file of [meminfo, own]) tellFreeRam(file, reserve + forModels);
    [here, there] = await Promise.all([
      startHost({ home, args, meminfo: own }),
      startHost({ args, meminfo }),
    ]);
    [editor, admin] = [await here.lsp(), await there.lsp()];
    await admin.request(joinRequest, { line: (await editor.request(inviteRequest, {})).line });
    const calm = ({ topology, instances }: State) =>
      topology.nodes.length === 2 &&
      instances.length === 2 &&
      instances.every(({ state }) => state === 'ready');
    await editor.stateIs('both machines', calm);
    await admin.stateIs('both machines', calm);
  });
  afterEach(async () => {
    // In this order: what is left behind would be found afterwards.
    const homes = [here.home, there.home];
    await Promise.all([here.stop(), there.stop()]);
    for (const home of homes) assert.deepEqual(socketsIn(home), [], 'a socket is left');
    await cleanUp();
  });

  const place = (client = editor) => client.request(placeRequest, { model_id: 'large', ...wishes });

  const placed = ({ instances }: State) => instances.find(({ model: { name } }) => name === 'large');

  async function complete(): Promise<string | undefined> {
    documents += 1;
    const uri = `file:///project/part-${documents}.ts`;
    await editor.open(uri, 'const total = list.\n');
    return (await editor.complete(uri, 0, 19))[0]?.insertText;
  }

  /** While a socket waits for the engine. Only the folder of the sockets keeps others out: those above it are open. */
  async function noOtherUserGetsThrough(): Promise<void> {
    for (const { home } of [here, there])
      for (const above of [path.dirname(home), home]) chmodSync(above, 0o755);
    const tunnel = await until('a tunnel', () => socketsIn(here.home)[0]);
    for (const socket of [tunnel, path.join(there.home, 'run', 'f1.sock')])
      assert.equal(connectAsNobody(socket), 'EACCES');
  }

  /** Processes of a host that run llama.cpp for others. */
  const children = ({ pid }: HostUnderTest): number[] => childrenOf(pid);

  it('is previewed with its layers per machine, placed so, and answers', async () => {
    await editor.stateIs('a measured link', ({ topology }) =>
      topology.connections.every(({ bytes_per_second }) => bytes_per_second !== null),
    );
    const { previews } = await editor.request(previewsRequest, { model_id: 'large', ...wishes });
    const [best, ...others] = previews;
    assert.ok(best);
    assert.equal(best.error, null);
    assert.equal(best.kind, 'nodes');
    assert.deepEqual(best.nodes, [here.ready.node_id, there.ready.node_id]);
    assert.ok((best.transfer_seconds ?? 0) > 0);
    assert.ok(others.every(({ error }) => error !== null));
    const placing = editor.request(placeRequest, { model_id: 'large', preview_id: best.id, ...wishes });
    await noOtherUserGetsThrough();
    const { instance } = await placing;
    assert.equal(instance.state, 'ready');
    const [shard] = instance.shards;
    assert.equal(shard?.node_id, there.ready.node_id);
    assert.equal(shard?.layers, layersOn(best, there));
    assert.ok(shard.sent_bytes > shard.weights_bytes, 'its weights were sent');
    const [state] = [await there.state()];
    assert.equal(placed(state)?.shards.length, 1, 'the lender sees it, too');
    assert.equal(await complete(), 'length;');
    await editor.stateIs('the traffic', (now) => (placed(now)?.shards[0]?.bytes_per_token ?? 0) > 0);
  });

  it('is removed, and nothing is left; a second load sends little, since the other machine has kept the weights', async () => {
    const before = { here: children(here).length, there: children(there).length };
    const first = (await place()).instance;
    assert.equal(children(there).length, before.there + 1);
    await editor.request(unplaceRequest, { instance_id: first.id });
    await until('they are gone', async () => {
      return children(here).length <= before.here && children(there).length <= before.there;
    });
    // The leases are free: it can be placed again.
    const second = (await place()).instance;
    const [one, two] = [first.shards[0], second.shards[0]];
    assert.ok(one && two);
    assert.equal(one.layers, two.layers);
    assert.ok(two.sent_bytes < 0.35 * one.sent_bytes, `${two.sent_bytes} of ${one.sent_bytes} bytes`);
    assert.ok((two.cached_bytes ?? 0) > 0.6 * two.weights_bytes);
  });

  it('a shard server that is killed: the engine comes back, and the request is answered', async () => {
    const { instance } = await place();
    const [victim] = newest(children(there));
    assert.ok(victim);
    process.kill(victim, 'SIGKILL');
    const again = await editor.stateIs('back', (now) => {
      const found = placed(now);
      return found?.state === 'ready' && found.engine_pid !== instance.engine_pid;
    });
    assert.equal(placed(again)?.shards.length, 1);
    assert.equal(await complete(), 'length;');
  });

  it('a shard server that is frozen: the engine gives it up, and comes back', async () => {
    const { instance } = await place();
    assert.equal(await complete(), 'length;');
    const [frozen] = newest(children(there));
    assert.ok(frozen);
    process.kill(frozen, 'SIGSTOP');
    const uri = 'file:///project/frozen.ts';
    await editor.open(uri, 'const total = list.\n');
    const answer = editor.complete(uri, 0, 19);
    await editor.stateIs('back', (now) => {
      const found = placed(now);
      return found?.state === 'ready' && found.engine_pid !== instance.engine_pid;
    });
    assert.equal((await answer)[0]?.insertText, 'length;');
    await until('the frozen one is gone', async () => !(await isAlive(frozen)));
  });

  it('a machine that dies: everything here is free again, and the reason is told', async () => {
    const { instance } = await place();
    there.process.kill('SIGKILL');
    const state = await editor.stateIs('it is told', (now) => {
      const found = placed(now);
      return found !== undefined && (found.state === 'failed' || found.error !== null);
    });
    assert.match(placed(state)?.error ?? '', /lost|short/);
    await until('its engine has ended', async () => !(await isAlive(instance.engine_pid ?? 0)));
  });

  it('a machine that is frozen: the engine is ended after ten seconds of silence, and the reason is told', async () => {
    const { instance } = await place();
    there.process.kill('SIGSTOP');
    const state = await editor.stateIs('it is told', (now) => {
      const found = placed(now);
      return found !== undefined && found.state !== 'ready' && found.error !== null;
    });
    assert.match(placed(state)?.error ?? '', /lost|short/);
    await until('its engine has ended', async () => !(await isAlive(instance.engine_pid ?? 0)));
    there.process.kill('SIGCONT');
  });

  it('a coordinator that dies: the VRAM that was lent is free at once', async () => {
    const before = children(there).length;
    await place();
    here.process.kill('SIGKILL');
    await until('the shard server has ended', async () => children(there).length <= before);
  });

  it('another model that needs the lent memory is refused, in words, and the first one stays', async () => {
    const { instance } = await place();
    tellFreeRam(meminfo, reserve + 40 * MIB);
    mkdirSync(path.join(there.home, 'models'), { recursive: true });
    copyFileSync(model, path.join(there.home, 'models', 'other.gguf'));
    await assert.rejects(
      admin.request(placeRequest, { model_id: 'other', ...wishes }),
      /short: .* are needed, .* are free/,
    );
    assert.equal(placed(await here.state())?.engine_pid, instance.engine_pid);
  });
});

function layersOn({ shares }: Preview, { ready }: HostUnderTest): number {
  return shares
    .filter(({ node_id }) => node_id === ready.node_id)
    .reduce((sum, { layers }) => sum + layers, 0);
}

function newest(pids: readonly number[]): number[] {
  return pids.toSorted((a, b) => b - a);
}

function socketsIn(home: string): string[] {
  const folder = path.join(home, 'run');
  return readdirSync(folder).map((name) => path.join(folder, name));
}
