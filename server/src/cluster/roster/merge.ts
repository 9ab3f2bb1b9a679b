/**
 * The roster as a set in which each joining is an element of its own (an observed-remove set): who was removed stays
 * removed, and may join again under a new tag. Merging is commutative, associative and idempotent, so that nodes that
 * tell each other what they know end with the same roster, in whatever order. Pure.
 */
import { type DiscoveryKey, type Member, mostDiscoveryKeys, type Roster } from '#protocol';

export const emptyRoster: Roster = { members: [], discovery: [] };

export function merge(a: Roster, b: Roster): Roster {
  const members = new Map<string, Member>();
  for (const member of [...a.members, ...b.members]) {
    const key = `${member.node_id}/${member.tag}`;
    const known = members.get(key);
    members.set(key, known === undefined ? member : mergeMember(known, member));
  }
  return {
    members: [...members.values()].sort(byText),
    discovery: newestKeys([...a.discovery, ...b.discovery]),
  };
}

/** Whether this node is to be talked to. */
export function memberOf(roster: Roster, nodeId: string): Member | null {
  return roster.members.find((member) => member.node_id === nodeId && member.removed === null) ?? null;
}

/** Those that are trusted now, one entry a node. */
export function living(roster: Roster): Member[] {
  const byNode = new Map<string, Member>();
  for (const member of roster.members)
    if (member.removed === null && !byNode.has(member.node_id)) byNode.set(member.node_id, member);
  return [...byNode.values()];
}

/** Ends the trust in a node, which does not learn the new key for discovery. */
export function withoutNode(
  { members, discovery }: Roster,
  nodeId: string,
  removed: NonNullable<Member['removed']>,
  newKey: string,
): Roster {
  const ends = (member: Member) => member.node_id === nodeId && member.removed === null;
  const after = members.map((member) => (ends(member) ? { ...member, removed } : member));
  // Higher than any before, since no key is of more removals than there were.
  const epoch = after.filter((member) => member.removed !== null).length;
  return {
    members: after,
    discovery: newestKeys([{ epoch, key: newKey }, ...discovery]),
  };
}

/** The most of a set under one order: merging stays commutative, associative and idempotent. */
function newestKeys(keys: readonly DiscoveryKey[]): DiscoveryKey[] {
  const unique = new Map(keys.map((entry) => [`${entry.epoch} ${entry.key}`, entry]));
  return [...unique.values()]
    .sort((a, b) => b.epoch - a.epoch || compare(a.key, b.key))
    .slice(0, mostDiscoveryKeys);
}

/** Everything but the removal was said once, by who added it; two tellings of one joining differ only when one lies. */
function mergeMember(a: Member, b: Member): Member {
  const first = byText(a, b) <= 0 ? a : b;
  const removals = [a.removed, b.removed].filter((removed) => removed !== null);
  const [removed = null] = removals.sort((x, y) => x.at - y.at || compare(x.by, y.by));
  return { ...first, removed };
}

function byText(a: Member, b: Member): number {
  return compare(textOf(a), textOf(b));
}

/** Without the removal, which merging sets. */
function textOf({ node_id, tag, name, added_by, added_at }: Member): string {
  return JSON.stringify([node_id, tag, name, added_by, added_at]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
