/** Hosts on machines of their own: found, lost and found again, as the network has it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Peer } from '#protocol';
import { cleanUp, freshFolder, freshHome, type HostUnderTest, startHost, vramesh } from '../../support/host';
import { createNetwork, type Machine, type Network } from '../../support/network';
import { until } from '../../support/until';

/** For a process whose clock is ten minutes fast. */
function clockOff(): NodeJS.ProcessEnv {
  const script = path.join(freshFolder(), 'clock.cjs');
  writeFileSync(script, 'const { now } = Date; Date.now = () => now() + 600_000;');
  return { NODE_OPTIONS: `--require ${script}` };
}

type Life = Pick<HostUnderTest, 'home' | 'stop' | 'process'>;

describe('network: machines of their own', () => {
  let network: Network;
  beforeEach(() => {
    network = createNetwork();
  });
  afterEach(async () => {
    await cleanUp();
    network.close();
  });

  const start = (machine: Machine, home = freshHome(), env: NodeJS.ProcessEnv = {}) =>
    startHost({ home, env, namespace: machine.namespace });

  async function run(host: Life, ...args: string[]) {
    const { code, stdout, stderr } = await vramesh([...args, '--json'], { home: host.home });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  const statuses = async (host: Life): Promise<string[]> =>
    (await run(host, 'peers')).peers.map(({ status }: Peer) => status);

  const sees = (host: Life, ...expected: string[]) =>
    until(`it sees ${expected.join(', ')}`, async () => (await statuses(host)).join() === expected.join());

  async function joined(inviter: Life, joiner: Life): Promise<void> {
    const { line } = await run(inviter, 'invite');
    await run(joiner, 'join', line);
  }

  /** So that only discovery can find the others. */
  async function startAgainWithoutAddresses(hosts: [Life, Machine][]): Promise<HostUnderTest[]> {
    for (const [host] of hosts) await host.stop();
    for (const [{ home }] of hosts) {
      const file = path.join(home, 'roster.json');
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), addresses: {} }));
    }
    return Promise.all(hosts.map(([{ home }, machine]) => start(machine, home)));
  }

  for (const [what, options] of [
    ['without a default route', {}],
    ['with a default route that leads nowhere', { defaultRoute: true }],
    ['with IPv6 link-local addresses only', { ipv6Only: true }],
  ] as const)
    it(`members find each other ${what}`, async () => {
      const machines = [network.machine(), network.machine()] as const;
      const [a, b] = [await start(machines[0]), await start(machines[1])];
      await joined(a, b);
      if ('ipv6Only' in options)
        for (const { ip, address } of machines) ip('address', 'del', `${address}/24`, 'dev', 'eth0');
      if ('defaultRoute' in options)
        for (const { ip } of machines) ip('route', 'add', 'default', 'via', '10.77.0.254');
      const [c, d] = await startAgainWithoutAddresses([
        [a, machines[0]],
        [b, machines[1]],
      ]);
      assert.ok(c && d);
      await sees(c, 'online');
      await sees(d, 'online');
    });

  it('two clusters on one network do not see each other', async () => {
    const machines = Array.from({ length: 4 }, () => network.machine());
    const [a, b, c, d] = await Promise.all(machines.map((machine) => start(machine)));
    assert.ok(a && b && c && d);
    await joined(a, b);
    await joined(c, d);
    for (const host of [a, b, c, d]) await sees(host, 'online');
    const names = await Promise.all(
      [a, b, c, d].map(async (host) => (await run(host, 'peers')).peers[0].node_id),
    );
    assert.deepEqual(
      names,
      [b, a, d, c].map(({ ready }) => ready.node_id),
    );
  });

  it('a cable that is pulled: suspect, then gone; put in again: online', async () => {
    const [one, two] = [network.machine(), network.machine()];
    const [a, b] = [await start(one), await start(two)];
    await joined(a, b);
    await sees(a, 'online');
    two.cable('out');
    await sees(a, 'suspect');
    await sees(a, 'gone');
    two.cable('in');
    await sees(a, 'online');
    await sees(b, 'online');
  });

  it('one that hears but is not heard is suspect', async () => {
    const [one, two] = [network.machine(), network.machine()];
    const [a, b] = [await start(one), await start(two)];
    await joined(a, b);
    await sees(a, 'online');
    two.mute(one, true);
    await sees(a, 'suspect');
    two.mute(one, false);
    await sees(a, 'online');
    await sees(b, 'online');
  });

  it('a clock that is ten minutes off does no harm', async () => {
    const [one, two] = [network.machine(), network.machine()];
    const [a, b] = [await start(one), await start(two, freshHome(), clockOff())];
    await joined(b, a);
    await sees(a, 'online');
    await b.stop();
    // Now in step: what it says is older than what it has said before.
    const c = await start(two, b.home);
    await sees(a, 'online');
    await sees(c, 'online');
  });

  it('a frozen process is suspect, and online when it goes on; a killed one is gone', async () => {
    const [one, two] = [network.machine(), network.machine()];
    const [a, b] = [await start(one), await start(two)];
    await joined(a, b);
    await sees(a, 'online');
    b.process.kill('SIGSTOP');
    await sees(a, 'suspect');
    b.process.kill('SIGCONT');
    await sees(a, 'online');
    b.process.kill('SIGKILL');
    await sees(a, 'gone');
  });

  it('a machine that moves to another address is found there', async () => {
    const [one, two] = [network.machine(), network.machine()];
    const [a, b] = [await start(one), await start(two)];
    await joined(a, b);
    await sees(a, 'online');
    two.moveTo('10.77.0.99');
    await until('its new address is used', async () => {
      const [peer] = (await run(a, 'peers')).peers as Peer[];
      return peer?.status === 'online' && peer.addresses.some((address) => address.startsWith('10.77.0.99:'));
    });
  });
});
