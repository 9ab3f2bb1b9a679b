/** What a machine lends to a member that asks by itself, and what it refuses. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import {
  giveBackRequest,
  inviteRequest,
  removePeerRequest,
  type ShardRequest,
  shardAnswerSchema,
} from '#protocol';
import { frameLimits, readFrame, writeFrame } from '../../../server/src/cluster';
import { findNativeLibrary } from '../../../server/src/inference';
import { cleanUp, type HostUnderTest, startHost } from '../../support/host';
import { childrenOf } from '../../support/processes';
import { until } from '../../support/until';
import { seen, startNode, cleanUp as stopNodes, type TestNode } from '../cluster/support';

const MIB = 2 ** 20;
const library = findNativeLibrary(path.resolve('dist'));
const build = 'problem' in library ? '' : library.build;

describe('host: lending devices', () => {
  let host: HostUnderTest;
  let member: TestNode;
  before(async () => {
    host = await startHost({ args: ['--peer-port', '0', '--no-discovery'] });
    member = await startNode('member');
    const admin = await host.lsp();
    const { line } = await admin.request(inviteRequest, {});
    await member.cluster.join(line, new AbortController().signal);
    await until('the member sees it', () => seen(member).every((line) => line.endsWith('online')));
    await admin.stateIs('its model is ready', ({ instances }) => instances[0]?.state === 'ready');
  });
  after(async () => {
    await stopNodes();
    await cleanUp();
  });

  const cpu = { device_id: 'cpu', total_bytes: 256 * MIB, buffer_bytes: 64 * MIB };

  async function open() {
    const signal = new AbortController().signal;
    const { socket } = await member.cluster.open({ peerId: host.ready.node_id, kind: 'shard', signal });
    socket.on('error', () => {});
    return socket;
  }

  async function ask(request: Partial<ShardRequest>) {
    const socket = await open();
    writeFrame(socket, { id: 'loan', build, model: 'coder', devices: [cpu], ...request });
    const answer = await readFrame(socket, {
      schema: shardAnswerSchema,
      limit: frameLimits.hello,
      patienceMs: 30_000,
    });
    return { socket, refused: answer.refused };
  }

  const lent = async () => (await host.state()).topology.nodes[0]?.lent ?? [];

  const refusals: [what: string, request: Partial<ShardRequest>, words: RegExp][] = [
    ['another release', { build: 'another' }, /same release.*Update the older one/],
    ['a device that it does not have', { devices: [{ ...cpu, device_id: 'GPU-7' }] }, /no device "GPU-7"/],
    ['more than is free', { devices: [{ ...cpu, total_bytes: 2 ** 50, buffer_bytes: 1 }] }, /are missing/],
    [
      'a process for nothing',
      { devices: [{ ...cpu, total_bytes: 64 * MIB }] },
      /needs more than the 67108864 bytes/,
    ],
    ['no device at all', { devices: [] }, /not understood/],
    ['a device twice', { devices: [cpu, cpu] }, /a device is named twice/],
  ];
  for (const [what, request, words] of refusals)
    it(`refuses ${what}, in words`, async () => {
      const before = childrenOf(host.pid).length;
      const { refused } = await ask(request);
      assert.match(refused ?? '', words);
      assert.deepEqual(await lent(), []);
      assert.equal(childrenOf(host.pid).length, before);
    });

  it('lends what is free, shows it, and has it back when the other one hangs up', async () => {
    const before = childrenOf(host.pid).length;
    const { socket, refused } = await ask({});
    assert.equal(refused, null);
    const [shard] = await lent();
    assert.equal(shard?.node_id, member.identity.nodeId);
    assert.equal(shard.model, 'coder');
    assert.deepEqual(shard.devices, [{ device_id: 'cpu', bytes: cpu.total_bytes }]);
    socket.destroy();
    await until('it is free again', async () => (await lent()).length === 0);
    assert.equal(childrenOf(host.pid).length, before);
  });

  it('does not lend the same memory twice, not even to the same machine', async () => {
    const { memory } = (await host.state()).topology.nodes[0]?.node_profile ?? assert.fail();
    const most = { ...cpu, total_bytes: Math.floor(memory.ram_available * 0.6) };
    const first = await ask({ devices: [most] });
    assert.equal(first.refused, null);
    const second = await ask({ id: 'another', devices: [most] });
    assert.match(second.refused ?? '', /are missing/);
    first.socket.destroy();
    await until('it is free again', async () => (await lent()).length === 0);
  });

  it('answers a loan that is given back when its memory is free', async () => {
    const before = childrenOf(host.pid).length;
    const { refused } = await ask({});
    assert.equal(refused, null);
    await member.cluster.request(host.ready.node_id, giveBackRequest, { id: 'loan' }, { limitMs: 20_000 });
    assert.equal(childrenOf(host.pid).length, before);
  });

  it('what is no llama.cpp ends the loan, not the host', async () => {
    const { socket } = await ask({});
    const closed = once(socket, 'close');
    socket.resume();
    socket.write(Buffer.alloc(4096, 0xff));
    await closed;
    await until('it is free again', async () => (await lent()).length === 0);
    assert.equal((await ask({})).refused, null);
  });

  it('a member that is removed loses it at once', async () => {
    const { socket, refused } = await ask({});
    assert.equal(refused, null);
    const closed = once(socket, 'close');
    socket.resume();
    const admin = await host.lsp();
    await admin.request(removePeerRequest, { node_id: 'member' });
    await closed;
    await until('it is free again', async () => (await lent()).length === 0);
  });
});
