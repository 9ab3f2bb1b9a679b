import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { DiscoveryHello } from '#protocol';
import { createHearing } from '../../../server/src/cluster/discovery/hearing';
import { open, packetBytes, seal } from '../../../server/src/cluster/discovery/packet';

const key = 'ab'.repeat(32);
const oldKey = 'cd'.repeat(32);
const member = '1'.repeat(64);
const address = '192.168.1.5';

function hello(change: Partial<DiscoveryHello> = {}): DiscoveryHello {
  return { node_id: member, from: address, port: 52414, sequence: 1, answers: false, ...change };
}

function hearing(clock = { now: 0 }) {
  return createHearing({ now: () => clock.now, keys: () => [key, oldKey], isOther: (id) => id === member });
}

describe('cluster: discovery packets', () => {
  it('say nothing to strangers: all of one size, none like another, no id in them', () => {
    const [one, two] = [seal(hello(), key), seal(hello({ from: 'fe80::1' }), key)];
    assert.equal(one.length, packetBytes);
    assert.equal(two.length, packetBytes);
    assert.notDeepEqual(one, seal(hello(), key));
    assert.equal(one.includes(Buffer.from(member)), false);
    assert.equal(open(one, [oldKey]), null);
  });

  it('the longest one fits', () => {
    const longest = hello({
      from: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
      port: 65_535,
      sequence: Number.MAX_SAFE_INTEGER,
    });
    assert.deepEqual(open(seal(longest, key), [key]), longest);
  });

  it('count when a member has sealed them, also with an older key', () => {
    assert.equal(hearing().hear(seal(hello(), key), address)?.port, 52414);
    assert.equal(hearing().hear(seal(hello(), oldKey), address)?.port, 52414);
  });

  const replayed = seal(hello(), key);
  const refused: [string, (ear: ReturnType<typeof hearing>) => unknown][] = [
    ['a forged one', (ear) => ear.hear(seal(hello(), 'ef'.repeat(32)), address)],
    [
      'one with a bit turned',
      (ear) => ear.hear(Buffer.from(seal(hello(), key).map((b, i) => (i === 40 ? b ^ 1 : b))), address),
    ],
    ['noise', (ear) => ear.hear(randomBytes(packetBytes), address)],
    ['nothing', (ear) => ear.hear(Buffer.alloc(0), address)],
    [
      'one of who was removed, or is this node',
      (ear) => ear.hear(seal(hello({ node_id: '2'.repeat(64) }), key), address),
    ],
    ['one from another address than it names', (ear) => ear.hear(replayed, '192.168.1.66')],
    [
      'a replayed one',
      (ear) => {
        ear.hear(replayed, address);
        return ear.hear(replayed, address);
      },
    ],
    [
      'an older one',
      (ear) => {
        ear.hear(seal(hello({ sequence: 9 }), key), address);
        return ear.hear(replayed, address);
      },
    ],
    [
      'nonsense that a member has sealed',
      (ear) => ear.hear(seal({ port: -1 } as DiscoveryHello, key), address),
    ],
  ];
  for (const [what, act] of refused) it(`do not count: ${what}`, () => assert.equal(act(hearing()), null));

  it('a flood is dropped unseen, and the member is heard again a moment later', () => {
    const clock = { now: 0 };
    const ear = hearing(clock);
    for (let index = 0; index < 5000; index++) ear.hear(randomBytes(packetBytes), '10.0.0.66');
    assert.equal(ear.hear(seal(hello({ sequence: 2 }), key), address), null);
    clock.now += 100;
    assert.notEqual(ear.hear(seal(hello({ sequence: 3 }), key), address), null);
  });
});
