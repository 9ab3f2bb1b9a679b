/** Two hosts of a cluster, as the command line shows them. */
import assert from 'node:assert/strict';
import type { Peer } from '#protocol';
import { cleanUp, type HostUnderTest, startHost, vramesh } from '../../support/host';
import { until } from '../../support/until';

describe('host: a cluster of two', () => {
  let first: HostUnderTest;
  let second: HostUnderTest;
  beforeEach(async () => {
    [first, second] = await Promise.all([start(), start()]);
  });
  afterEach(cleanUp);

  const start = () => startHost({ args: ['--peer-port', '0'] });

  async function run(host: HostUnderTest, ...args: string[]) {
    const { code, stdout, stderr } = await vramesh([...args, '--json'], { home: host.home });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  it('invite, join, peers; each sees the other in its state, and what it runs', async () => {
    assert.equal(first.ready.peer, null);
    const { line } = await run(first, 'invite');
    const { peers } = await run(second, 'join', line);
    assert.deepEqual(
      peers.map(({ status }: Peer) => status),
      ['online'],
    );
    for (const [host, other] of [
      [first, second],
      [second, first],
    ] as const)
      await until('both in the state of one', async () => {
        const { topology } = await host.state();
        const node = topology.nodes.find(({ node_id }) => node_id === other.ready.node_id);
        return node?.status === 'online' && topology.connections.length === 1;
      });
    const table = await vramesh(['peers'], { home: first.home });
    assert.match(table.stdout, /online/);
  });

  it('what the other one runs is listed under its name, removed from here, and not shown when it has gone', async () => {
    const { line } = await run(first, 'invite');
    await run(second, 'join', line);
    const far = await until('the instance of the other', async () =>
      (await first.state()).instances.find(({ node_id }) => node_id === second.ready.node_id),
    );
    assert.match(far.id, /^vramesh-tiny-1@./);
    await run(first, 'unplace', far.id);
    assert.deepEqual(
      (await second.state()).instances.map(({ node_id }) => node_id),
      [first.ready.node_id],
    );
    const own = await until('the instance of this one, seen from there', async () =>
      (await second.state()).instances.find(({ id }) => id.includes('@')),
    );
    await first.stop();
    await until('it has gone', async () => (await second.state()).instances.length === 0);
    assert.equal(own.node_id, first.ready.node_id);
  });

  it('a host that ends is shown as gone; one that was removed is not shown', async () => {
    const { line } = await run(first, 'invite');
    await run(second, 'join', line);
    const statusOf = async () => (await run(first, 'peers')).peers[0]?.status;
    await until('both are connected', async () => (await statusOf()) === 'online');
    await second.stop();
    await until('the other has gone', async () => (await statusOf()) === 'gone');
    const { removed } = await run(first, 'peers', 'remove', second.ready.node_id.slice(0, 12));
    assert.ok(removed.length > 0);
    assert.deepEqual((await run(first, 'peers')).peers, []);
    const { topology } = await first.state();
    assert.equal(topology.nodes.length, 1);
  });

  it('says in words what is wrong with a line', async () => {
    const { code, stderr } = await vramesh(['join', 'hello'], { home: second.home });
    assert.equal(code, 1);
    assert.match(stderr, /This is no invitation\. It is one line that begins with "vramesh:"/);
  });
});
