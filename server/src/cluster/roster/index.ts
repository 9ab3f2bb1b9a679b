/** The roster of this node: whom it trusts, kept on disk, and where each of them was last seen. */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import type { Logger } from 'pino';
import * as z from 'zod';
import {
  type Member,
  mostMembers,
  nodeIdSchema,
  peerAddressSchema,
  type Roster,
  rosterSchema,
} from '#protocol';
import { replaceFileSync } from '../../replace-file';
import { emptyRoster, living, memberOf, merge, withoutNode } from './merge';

const mostAddresses = 16;
/** ms after which new addresses are written: a member may tell others many times a second. */
const addressesMs = 1000;

const fileSchema = z.object({
  roster: rosterSchema,
  addresses: z.record(nodeIdSchema, z.array(peerAddressSchema).max(mostAddresses)).default({}),
});

export interface RosterOptions {
  readonly file: string;
  readonly node: { readonly id: string; readonly name: string };
  /** ms since 1970 */
  now(): number;
  readonly log: Logger;
}

export interface OwnRoster {
  current(): Roster;
  /** The other members that are trusted. */
  others(): Member[];
  /** Whether a node is trusted, and as whom. */
  member(nodeId: string): Member | null;
  /** Whether this node belongs to a cluster. */
  readonly joined: boolean;
  /** Makes a cluster of this node alone where there is none. */
  found(): void;
  /** Throws, in words, when there is no room for another joining. */
  add(node: { readonly id: string; readonly name: string }): void;
  remove(nodeId: string): void;
  /** Takes over what another member knows. */
  learn(roster: Roster): void;
  /** Forgets the cluster. */
  clear(): void;
  /** Best first. */
  addressesOf(nodeId: string): string[];
  /** Written soon. */
  remember(nodeId: string, addresses: readonly string[]): void;
  /** Who is trusted has changed. */
  onChange(listener: () => void): () => void;
  /** Writes what is still to be written. */
  close(): void;
}

export function openRoster({ file, node, now, log }: RosterOptions): OwnRoster {
  let { roster, addresses } = read(file, log);
  const listeners = new Set<() => void>();
  let saving: NodeJS.Timeout | null = null;

  /** Throws, in words, and leaves all as it is, when the others, or this host at its next start, would not read it. */
  function change(next: Roster): void {
    if (JSON.stringify(next) === JSON.stringify(roster)) return;
    const { error } = rosterSchema.safeParse(next);
    if (error) throw new Error(`The roster stays as it was: ${error.issues[0]?.message}.`);
    roster = next;
    save();
    for (const listener of listeners) listener();
  }

  function save(): void {
    if (saving !== null) clearTimeout(saving);
    saving = null;
    const trusted = new Set(living(roster).map(({ node_id }) => node_id));
    addresses = Object.fromEntries(Object.entries(addresses).filter(([id]) => trusted.has(id)));
    try {
      replaceFileSync(file, JSON.stringify({ roster, addresses }, null, 2));
    } catch (error) {
      log.error(
        `The roster could not be written (${(error as Error).message}). It holds until the host ends. Make room.`,
      );
    }
  }

  const entry = (id: string, name: string): Member => ({
    node_id: id,
    tag: randomBytes(16).toString('hex'),
    name,
    added_by: node.id,
    added_at: now(),
    removed: null,
  });

  return {
    current: () => roster,
    others: () => living(roster).filter(({ node_id }) => node_id !== node.id),
    member: (nodeId) => memberOf(roster, nodeId),
    get joined() {
      return memberOf(roster, node.id) !== null;
    },
    found() {
      if (memberOf(roster, node.id) !== null) return;
      change({ members: [entry(node.id, node.name)], discovery: [{ epoch: 0, key: newKey() }] });
    },
    add({ id, name }) {
      if (memberOf(roster, id) !== null) return;
      if (roster.members.length >= mostMembers)
        throw new Error(
          `The cluster remembers ${mostMembers} joinings, and has no room for another one. ` +
            'To make it anew, leave it on each machine (vramesh peers leave), and invite again.',
        );
      change(merge(roster, { members: [entry(id, name)], discovery: [] }));
    },
    remove(nodeId) {
      change(withoutNode(roster, nodeId, { by: node.id, at: now() }, newKey()));
    },
    learn(other) {
      try {
        change(merge(roster, other));
      } catch (error) {
        // Nothing is dropped to make room: it could be a removal.
        log.error(`What a member tells was not taken over. ${(error as Error).message}`);
      }
    },
    clear() {
      addresses = {};
      change(emptyRoster);
    },
    addressesOf: (nodeId) => addresses[nodeId] ?? [],
    remember(nodeId, seen) {
      const known = addresses[nodeId] ?? [];
      const next = [...new Set([...seen, ...known])].slice(0, mostAddresses);
      if (memberOf(roster, nodeId) === null || next.join() === known.join()) return;
      addresses = { ...addresses, [nodeId]: next };
      saving ??= setTimeout(save, addressesMs).unref();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (saving !== null) save();
    },
  };
}

/** For discovery: 256 bits, hexadecimal. */
function newKey(): string {
  return randomBytes(32).toString('hex');
}

/** A file that cannot be understood is kept aside: it holds whom this machine trusted. */
function read(file: string, log: Logger): z.infer<typeof fileSchema> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { roster: emptyRoster, addresses: {} };
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    const aside = `${file}.broken`;
    rmSync(aside, { force: true });
    renameSync(file, aside);
    log.error(
      `${file} is damaged and was kept as ${aside}. This machine trusts nobody now: join the cluster again.`,
    );
    return { roster: emptyRoster, addresses: {} };
  }
}
