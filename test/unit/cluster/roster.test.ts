import assert from 'node:assert/strict';
import type { Member, Roster } from '#protocol';
import { emptyRoster, living, memberOf, merge, withoutNode } from '../../../server/src/cluster/roster/merge';

const id = (digit: number) => String(digit).repeat(64);

function member(node: number, tag: number, removedAt?: number): Member {
  const removed = removedAt === undefined ? null : { by: id(9), at: removedAt };
  const name = `node-${node}`;
  return { node_id: id(node), tag: String(tag).repeat(32), name, added_by: id(1), added_at: 5, removed };
}

/** Rosters as they may come to be: any joinings, any removals. */
function anyRoster(next: () => number): Roster {
  const pick = (below: number) => Math.floor(next() * below);
  const keys = Array.from({ length: pick(6) }, () => ({ epoch: pick(3), key: String(pick(3)).repeat(64) }));
  return {
    discovery: merge({ members: [], discovery: keys }, emptyRoster).discovery,
    members: Array.from({ length: pick(6) }, () =>
      member(1 + pick(3), 1 + pick(3), next() < 0.4 ? pick(4) : undefined),
    ),
  };
}

/** The same numbers each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('cluster: the roster', () => {
  it('merges to the same, whoever hears what first and how often', () => {
    const next = random(7);
    for (let round = 0; round < 2000; round++) {
      const [a, b, c] = [anyRoster(next), anyRoster(next), anyRoster(next)];
      assert.deepEqual(merge(a, b), merge(b, a));
      assert.deepEqual(merge(merge(a, b), c), merge(a, merge(b, c)));
      assert.deepEqual(merge(merge(a, b), b), merge(a, b));
    }
  });

  it('who was removed stays removed, whatever others still say', () => {
    const all = { members: [member(1, 1), member(2, 2)], discovery: [{ epoch: 0, key: 'a' }] };
    const without = withoutNode(all, id(2), { by: id(1), at: 10 }, 'b');
    assert.equal(memberOf(merge(all, without), id(2)), null);
    assert.deepEqual(
      living(merge(without, all)).map(({ name }) => name),
      ['node-1'],
    );
  });

  it('a removal makes a new key for discovery; older ones are still understood, and few are kept', () => {
    const members = [1, 2, 3, 4, 5, 6].map((node) => member(node, node));
    let roster: Roster = { members, discovery: [{ epoch: 0, key: 'a' }] };
    for (const [index, key] of ['b', 'c', 'd', 'e', 'f'].entries())
      roster = withoutNode(roster, id(index + 2), { by: id(1), at: 10 }, key);
    assert.deepEqual(
      roster.discovery.map(({ epoch, key }) => `${epoch}${key}`),
      ['5f', '4e', '3d', '2c'],
    );
  });

  it('who was removed may join again, as another joining', () => {
    const removed = withoutNode(
      { members: [member(2, 2)], discovery: [] },
      id(2),
      { by: id(1), at: 10 },
      'b',
    );
    const again = merge(removed, { members: [member(2, 3)], discovery: [] });
    assert.equal(memberOf(again, id(2))?.tag, '3'.repeat(32));
  });
});
