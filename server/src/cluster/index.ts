/**
 * The cluster: who this node is among others, whom it trusts, and what they say. It never listens before the user has
 * invited somebody or joined, lets nobody in who is not on the roster, and imports no other part of the host.
 */
import type { Logger } from 'pino';
import type { Peer, Roster } from '#protocol';
import { type Discovery, startDiscovery } from './discovery';
import type { Cluster, RemoteNode } from './face';
import type { Identity } from './identity';
import { createOpenInvitations, readInvitation, redeem, serveJoins, writeInvitation } from './joining';
import { createMesh } from './mesh';
import { ownAddresses, watchAddresses } from './own-addresses';
import { openRoster } from './roster';
import { createTunnels, type Tunnels } from './tunnel';
import { createWire } from './wire';

export type { Cluster, RemoteNode } from './face';
export { type Identity, openIdentity } from './identity';
export { createSpareChannels, fetchFile, generateRemotely, serveFile, serveGenerations } from './streams';
export type { Tunnel } from './tunnel';
export { type Channel, frameLimits, readFrame, writeFrame } from './wire';

/** ms that joining waits for the first connection, so that its answer shows the inviter online. */
const connectPatienceMs = 3000;

/** ms within which what machines say is told as one. */
const documentsMs = 50;

export interface ClusterOptions {
  readonly identity: Identity;
  /** Host name. */
  readonly name: string;
  /** Of VRAMesh. */
  readonly version: string;
  readonly rosterFile: string;
  /** 0: any. */
  readonly port: number;
  /** Addresses that discovery does not find. */
  readonly staticPeers: readonly string[];
  /** The bundle that the threads of tunnels run. */
  readonly tunnelPath: string;
  /** Says hello to the network, and hears others, once this node belongs to a cluster. */
  readonly discovery: boolean;
  readonly log: Logger;
}

export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { identity, name, version, log } = options;
  const { nodeId } = identity;
  const node = { id: nodeId, name };
  const roster = openRoster({ file: options.rosterFile, node, now: Date.now, log });
  const invitations = createOpenInvitations(nodeId, () => performance.now());
  const listeners = new Set<() => void>();
  let staticPeers = options.staticPeers;
  let telling: NodeJS.Timeout | null = null;
  const tunnels: Tunnels = createTunnels({
    workerPath: options.tunnelPath,
    identity,
    greeting: { name, version },
    addressesOf,
  });
  const wire = createWire({
    identity,
    name,
    version,
    log,
    trusted: (id) => roster.member(id) !== null,
    joinsOpen: () => invitations.open,
  });
  const mesh = createMesh({
    nodeId,
    wire: { ...wire, drop: hangUp },
    log,
    members: roster.others,
    addressesOf,
    remember: (id, address) => roster.remember(id, [address]),
    roster: roster.current,
    onRoster: (other, from) => learn(other, from),
    onLink: changed,
    onDocument: (id, sections) => {
      if (sections.addresses) roster.remember(id, sections.addresses);
      // Many machines tell new readings all the time.
      telling ??= setTimeout(() => {
        telling = null;
        changed();
      }, documentsMs).unref();
    },
  });
  serveJoins({
    wire,
    invitations,
    name,
    log,
    admit(joiner) {
      roster.add(joiner);
      roster.remember(joiner.id, joiner.addresses);
      const addresses = Object.fromEntries(
        roster.others().map(({ node_id: id }) => [id, roster.addressesOf(id)]),
      );
      return { roster: roster.current(), addresses: { ...addresses, [nodeId]: addressesNow() } };
    },
  });
  roster.onChange(() => {
    for (const { node_id } of roster.current().members) if (roster.member(node_id) === null) hangUp(node_id);
    mesh.rosterChanged();
    discovery?.tell();
    changed();
  });

  const discovery: Discovery | null = options.discovery
    ? startDiscovery({
        nodeId,
        log,
        port: () => wire.port,
        keys: () => (roster.joined ? roster.current().discovery.map(({ key }) => key) : []),
        isOther: (id) => id !== nodeId && roster.member(id) !== null,
        isConnected: (id) => mesh.link(id)?.status === 'online',
        onHeard: (id) => mesh.hint(id),
      })
    : null;
  /** The cable is in again, or another network: nobody needs to wait for the next try. */
  const stopWatching = watchAddresses(() => {
    mesh.publish({ addresses: addressesNow() });
    for (const { node_id } of roster.others()) mesh.hint(node_id);
  });

  function hangUp(id: string): void {
    wire.drop(id);
    tunnels.drop(id);
  }

  /** Where it is heard now comes before where it once was. */
  function addressesOf(id: string): string[] {
    const heard = discovery?.addressesOf(id) ?? [];
    return [...new Set([...heard, ...roster.addressesOf(id), ...staticPeers])];
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  /** A removal of this very node is the last that it learns. */
  function learn(other: Roster, from: string): void {
    // Several may tell at once: whoever belongs to no cluster (any more) learns from nobody.
    if (!roster.joined) return;
    roster.learn(other);
    if (roster.joined) return;
    const who = roster.member(from)?.name ?? from.slice(0, 12);
    log.warn(`This machine was removed from its cluster, as ${who} says. It trusts nobody any more.`);
    roster.clear();
  }

  /** Or not in time: then it goes on trying. */
  function connected(nodeId: string): Promise<void> {
    return new Promise((fulfil) => {
      const done = () => {
        clearTimeout(limit);
        listeners.delete(look);
        fulfil();
      };
      const look = () => {
        if (mesh.link(nodeId)?.status === 'online') done();
      };
      const limit = setTimeout(done, connectPatienceMs);
      listeners.add(look);
      look();
    });
  }

  function addressesNow(): string[] {
    return wire.port === null ? [] : ownAddresses(wire.port);
  }

  async function listen(): Promise<void> {
    const port = await wire.listen(options.port).catch((error: Error) => {
      throw new Error(
        `This machine cannot listen for others (port ${options.port}: ${error.message}). Nothing was changed.`,
      );
    });
    mesh.publish({ addresses: ownAddresses(port) });
    discovery?.tell();
  }

  function peerOf(id: string): Peer | null {
    const member = roster.member(id);
    if (member === null) return null;
    const link = mesh.link(id);
    return {
      node_id: id,
      name: link?.control?.channel.peer.name ?? member.name,
      status: link?.status ?? 'gone',
      version: link?.version ?? null,
      addresses: roster.addressesOf(id),
      round_trip_ms: link?.control?.roundTripMs ?? null,
      bytes_per_second: link?.control?.bytesPerSecond ?? null,
      added_by: member.added_by,
      added_at: member.added_at,
      problem: link?.control ? null : (link?.problem ?? null),
    };
  }

  const peers = () =>
    roster
      .others()
      .flatMap(({ node_id }) => peerOf(node_id) ?? [])
      .sort((a, b) => a.name.localeCompare(b.name) || (a.node_id < b.node_id ? -1 : 1));

  function peerNamed(which: string): Peer {
    const all = peers();
    const named = all.filter(({ name }) => name === which);
    // A name is never taken for the beginning of an id.
    const byId = which.length < 4 ? [] : all.filter((peer) => peer.node_id.startsWith(which));
    const found = named.length > 0 ? named : byId;
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const names = all.map((peer) => `${peer.name} (${peer.node_id.slice(0, 8)})`).join(', ') || 'none';
    throw new Error(
      found.length === 0
        ? `There is no machine "${which}" in the cluster. There are: ${names}.`
        : `Several machines are called "${which}". Name one by its id: ${names}.`,
    );
  }

  if (roster.joined) {
    await listen().catch((error: Error) => log.warn(error.message));
    mesh.rosterChanged();
  }

  return {
    async invite() {
      await listen();
      roster.found();
      const { secret, lifetimeMs } = invitations.make();
      const line = writeInvitation({ addresses: addressesNow(), node_id: nodeId, secret });
      return { line, expires_at: Date.now() + lifetimeMs };
    },
    async join(line, signal) {
      const invitation = readInvitation(line);
      if (invitation.node_id === nodeId)
        throw new Error('This machine made that invitation. Use it on the other one.');
      if (roster.others().length > 0 && roster.member(invitation.node_id) === null) {
        throw new Error(
          'This machine belongs to another cluster. Nothing was changed. Leave that one first: vramesh peers leave',
        );
      }
      await listen();
      const answer = await redeem({ wire, invitation, node, addresses: addressesNow(), signal });
      // Alone it may have had a roster with nobody else on it.
      roster.clear();
      roster.learn(answer.roster);
      for (const [id, addresses] of Object.entries(answer.addresses)) roster.remember(id, addresses);
      roster.remember(invitation.node_id, invitation.addresses);
      for (const { node_id } of roster.others()) mesh.hint(node_id);
      await connected(invitation.node_id);
      return { inviter: answer.name, peers: peers() };
    },
    peers,
    async remove(which) {
      const peer = peerNamed(which);
      roster.remove(peer.node_id);
      return { removed: peer.name, told: peers().filter(({ status }) => status === 'online').length };
    },
    async leave() {
      if (!roster.joined) throw new Error('This machine is in no cluster.');
      roster.remove(nodeId);
      // What was written to the others is on its way before their connections end.
      await mesh.flush();
      roster.clear();
    },
    setStaticPeers(addresses) {
      staticPeers = [...options.staticPeers, ...addresses];
      for (const { node_id } of roster.others()) mesh.hint(node_id);
    },
    addresses: addressesNow,
    heard: () => discovery?.heard() ?? null,
    get address() {
      return wire.port === null ? null : `0.0.0.0:${wire.port}`;
    },
    nodes: () =>
      peers().map((peer): RemoteNode => {
        const link = mesh.link(peer.node_id);
        return { peer, document: link?.document ?? null, left: link?.left ?? false };
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish: mesh.publish,
    request: mesh.request,
    handle: mesh.handle,
    open: ({ peerId, kind, signal }) => wire.open({ peerId, kind, signal, addresses: addressesOf(peerId) }),
    onChannel: (kind, handler) => wire.handle(kind, handler),
    openTunnel: tunnels.open,
    async close() {
      listeners.clear();
      if (telling) clearTimeout(telling);
      stopWatching();
      discovery?.close();
      await mesh.close();
      tunnels.close();
      wire.close();
      roster.close();
    },
  };
}
