/** The roster of a node, with its file: whatever a member tells, it can be read again, and the member be removed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { type Member, mostDiscoveryKeys, mostMembers, type Roster, rosterSchema } from '#protocol';
import { inputLimits } from '../../../server/src/cluster/mesh/peer-input';
import { openRoster } from '../../../server/src/cluster/roster';
import { until } from '../../support/until';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const own = { id: hex(1, 64), name: 'own' };
const liar = { id: hex(2, 64), name: 'liar' };

function joining(index: number, ended: boolean, name = 'x'): Member {
  const removed = ended ? { by: own.id, at: Number.MAX_SAFE_INTEGER } : null;
  const at = Number.MAX_SAFE_INTEGER;
  return { node_id: hex(index, 64), tag: hex(index, 32), name, added_by: liar.id, added_at: at, removed };
}

const joinings = (count: number, ended: boolean, name?: string) =>
  Array.from({ length: count }, (_, index) => joining(index + 3, ended, name));

/** As high as they may be, and such that no random key comes before them. */
const keys = (epoch: number) =>
  Array.from({ length: mostDiscoveryKeys }, (_, index) => ({ epoch, key: hex(index, 64) }));

describe('cluster: the roster of a node', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vm-roster-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = () => path.join(folder, 'roster.json');
  const open = () =>
    openRoster({
      file: file(),
      node: own,
      now: () => 7,
      log: pino({ level: 'silent' }),
    });

  /** One that has a member, who tells something, if it is a roster at all. */
  function told(roster: Roster) {
    const it = open();
    it.found();
    it.add(liar);
    const checked = rosterSchema.safeParse(roster);
    if (checked.success) it.learn(checked.data);
    return it;
  }

  const lies: [what: string, roster: Roster][] = [
    ['the highest number for a key', { members: [], discovery: keys(Number.MAX_SAFE_INTEGER) }],
    ['keys of removals that were not', { members: joinings(5, true), discovery: keys(6) }],
    ['keys of all removals', { members: joinings(5, true), discovery: keys(5) }],
    ['joinings until it is full', { members: joinings(mostMembers - 2, false), discovery: [] }],
    [
      'removals until it is full',
      { members: joinings(mostMembers - 2, true), discovery: keys(mostMembers - 2) },
    ],
    ['more than there is room for', { members: joinings(mostMembers, false), discovery: [] }],
  ];
  for (const [what, roster] of lies)
    it(`a member tells of ${what}: it can be removed, does not know the new key, and the rest stays`, () => {
      const it = told(roster);
      const known = [...it.current().discovery, ...roster.discovery].map(({ key }) => key);
      it.remove(liar.id);
      const { members, discovery } = rosterSchema.parse(it.current());
      assert.equal(it.member(liar.id), null);
      assert.ok(!known.includes(discovery[0]?.key ?? ''));
      assert.ok((discovery[0]?.epoch ?? 0) > (discovery[1]?.epoch ?? Number.POSITIVE_INFINITY));
      assert.ok(members.length <= mostMembers);
      assert.deepEqual(open().current(), it.current());
      assert.ok(open().joined);
    });

  it('when it is full, who joins is told so, and nothing is changed', () => {
    const it = told({ members: joinings(mostMembers - 2, true), discovery: [] });
    const before = it.current();
    assert.throws(() => it.add({ id: hex(9999, 64), name: 'late' }), /4096 joinings.*vramesh peers leave/);
    assert.equal(it.current(), before);
    assert.deepEqual(open().current(), before);
  });

  it('addresses are written together, soon or at the end, and with the next change of the roster', async () => {
    const it = told({ members: [], discovery: [] });
    const before = readFileSync(file(), 'utf8');
    const last = 'far:499';
    const tellMany = () => {
      for (let port = 0; port < 500; port++) it.remember(liar.id, [`far:${port}`]);
      assert.equal(it.addressesOf(liar.id)[0], last);
    };
    const written = () => open().addressesOf(liar.id)[0] === last;
    tellMany();
    assert.equal(readFileSync(file(), 'utf8'), before);
    await until('they are written', () => written() || undefined);

    const ways: [what: string, act: () => void][] = [
      ['the end', () => it.close()],
      ['a change', () => it.add({ id: hex(3, 64), name: 'third' })],
    ];
    for (const [what, act] of ways) {
      it.remember(liar.id, ['near:1']);
      it.close();
      assert.equal(written(), false);
      tellMany();
      assert.equal(written(), false);
      act();
      assert.equal(written(), true, what);
    }
  });

  it('a full one fits into a message, with the longest names', () => {
    for (const name of ['€', '"', '\\', 'é', '\u2028'].map((letter) => letter.repeat(128))) {
      const roster = rosterSchema.parse({
        members: joinings(mostMembers, true, name),
        discovery: keys(mostMembers),
      });
      assert.ok(Buffer.byteLength(JSON.stringify(roster)) < inputLimits.message - 1024, name);
    }
    for (const letter of ['\n', '\u0001', '\ud800'])
      assert.equal(rosterSchema.safeParse({ members: joinings(1, true, letter) }).success, false);
  });
});
