import assert from 'node:assert/strict';
import type { Check, Peer } from '#protocol';
import { checkNetwork, type NetworkFacts } from '../../../server/src/doctor/network';

const id = 'a'.repeat(64);

function peer(change: Partial<Peer> = {}): Peer {
  return {
    node_id: id,
    name: 'desk',
    status: 'online',
    version: '0.1.0',
    addresses: ['10.0.0.2:52414'],
    round_trip_ms: 1,
    bytes_per_second: null,
    added_by: id,
    added_at: 0,
    problem: null,
    ...change,
  };
}

const base: NetworkFacts = {
  address: '0.0.0.0:52414',
  wantedPort: 52414,
  peers: [peer()],
  heard: [id],
  clockOffsets: new Map(),
  platform: 'linux',
  behindWslNat: false,
};

const gone = [peer({ status: 'gone', problem: '10.0.0.2:52414: no answer' })];
const cases: [string, Partial<NetworkFacts>, string, Check['status'], RegExp, RegExp | null][] = [
  ['alone', { address: null, peers: [] }, 'Cluster', 'ok', /alone/, null],
  ['the port', {}, 'Peer port', 'ok', /52414/, null],
  ['another port than wanted', { address: '0.0.0.0:40000' }, 'Peer port', 'warning', /at 40000/, /firewall/],
  ['all are heard', {}, 'Discovery', 'ok', /1 of 1/, null],
  ['off', { heard: null }, 'Discovery', 'ok', /--no-discovery/, null],
  ['no multicast', { heard: [] }, 'Discovery', 'warning', /not heard by UDP: desk/, /52413.*--peer/],
  ['a machine', {}, 'Machine', 'ok', /desk is online/, null],
  ['one that is gone', { peers: gone }, 'Machine', 'warning', /no answer/, /ufw allow 52414\/tcp/],
  ['the same on macOS', { peers: gone, platform: 'darwin' }, 'Machine', 'warning', /gone/, /Local Network/],
  [
    'the same on Windows',
    { peers: gone, platform: 'win32' },
    'Machine',
    'warning',
    /gone/,
    /NetFirewallRule.*52414/,
  ],
  [
    'a clock',
    { clockOffsets: new Map([[id, -600_000]]) },
    'Clock',
    'warning',
    /desk differs by 10 min/,
    /NTP/,
  ],
  ['WSL', { behindWslNat: true }, 'WSL', 'warning', /NAT/, /mirrored/],
];

describe('doctor: the network', () => {
  for (const [what, facts, name, status, detail, advice] of cases)
    it(what, () => {
      const check = checkNetwork({ ...base, ...facts }).find((candidate) => candidate.name === name);
      assert.equal(check?.status, status);
      assert.match(check.detail, detail);
      if (advice === null) assert.equal(check.advice, null);
      else assert.match(check.advice ?? '', advice);
    });

  it('says nothing of clocks that agree', () => {
    const facts = { ...base, clockOffsets: new Map([[id, 3000]]) };
    assert.equal(
      checkNetwork(facts).some(({ name }) => name === 'Clock'),
      false,
    );
  });
});
