/**
 * Connections between nodes: TLS 1.3, both certificates checked against the roster, one hello each way. What is said
 * afterwards is for others.
 */
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import {
  type ChannelKind,
  channelKindSchema,
  type Hello,
  type HelloAnswer,
  helloSchema,
  type Invitation,
  meshVersion,
} from '#protocol';
import type { Identity } from '../identity';
import { type Acceptor, accept } from './accept';
import { writeAddress } from './address';
import type { Channel, OpenRequest, Wire } from './channel';
import { frameLimits, readFrame, writeFrame } from './frame';
import { openChannel } from './open';
import { handshakeMs } from './tls';

export type { Channel, ChannelPeer, OpenRequest, Wire } from './channel';
export { frameLimits, readFrame, writeFrame } from './frame';
export { type Greeting, openChannel } from './open';

/** A member that opens more at once is broken, or means harm. */
const mostChannelsPerPeer = 64;

export interface WireOptions {
  readonly identity: Identity;
  /** Host name. */
  readonly name: string;
  /** Of VRAMesh. */
  readonly version: string;
  readonly log: Logger;
  trusted(nodeId: string): boolean;
  joinsOpen(): boolean;
}

export interface OwnWire extends Wire {
  /** Starts listening, or says where it listens already. */
  listen(port: number): Promise<number>;
  /** `null`: it does not listen. */
  readonly port: number | null;
  /** To somebody who is not on the roster yet. */
  openJoin(invitation: Invitation, signal: AbortSignal): Promise<Channel>;
  /** Ends all connections of a node at once, but the control connection: that one is whose it is to end. */
  drop(nodeId: string): void;
  close(): void;
}

export function createWire({ identity, name, version, log, trusted, joinsOpen }: WireOptions): OwnWire {
  const handlers = new Map<ChannelKind, (channel: Channel) => void>();
  const open = new Map<string, Set<TLSSocket>>();
  let acceptor: Promise<Acceptor> | null = null;
  let listening: Acceptor | null = null;

  const own = { protocol: meshVersion, version, name };

  async function connect(request: OpenRequest): Promise<Channel> {
    const channel = await openChannel(identity, { name, version }, request);
    keep(request.peerId, channel.socket, request.kind);
    return channel;
  }

  async function welcome(socket: TLSSocket, peerId: string, joins: boolean): Promise<void> {
    try {
      const hello = await readFrame(socket, {
        schema: helloSchema,
        limit: frameLimits.hello,
        patienceMs: handshakeMs,
      });
      const { handler, kind, refused } = judge(hello, peerId, joins);
      writeFrame(socket, { ...own, refused } satisfies HelloAnswer);
      if (handler === null) {
        // Its other end need not hang up.
        socket.destroySoon();
        return;
      }
      keep(peerId, socket, kind);
      const { remoteAddress: host, remotePort: port } = socket;
      const remote = host === undefined || port === undefined ? null : writeAddress(host, port);
      handler({ kind, peer: { id: peerId, name: hello.name, version: hello.version }, socket, remote });
    } catch (error) {
      log.debug(`A connection of ${peerId.slice(0, 12)} was closed: ${(error as Error).message}.`);
      socket.destroy();
    }
  }

  function judge(hello: Hello, peerId: string, joins: boolean) {
    const refuse = (refused: string) => ({ handler: null, kind: 'control' as const, refused });
    const { major, minor } = hello.protocol;
    if (major !== meshVersion.major) {
      return refuse(
        `it speaks version ${meshVersion.major}.${meshVersion.minor} of the protocol (VRAMesh ${version}), the other ` +
          `machine ${major}.${minor} (VRAMesh ${hello.version}). Update the older one.`,
      );
    }
    const kind = channelKindSchema.safeParse(hello.kind);
    const handler = kind.success ? handlers.get(kind.data) : undefined;
    if (!kind.success || handler === undefined || (kind.data === 'join') !== joins)
      return refuse(`it knows no connection of the kind "${hello.kind}"`);
    if ((open.get(peerId)?.size ?? 0) >= mostChannelsPerPeer)
      return refuse(`${mostChannelsPerPeer} connections of this machine are open already`);
    return { handler, kind: kind.data, refused: null };
  }

  function keep(peerId: string, socket: TLSSocket, kind: ChannelKind): void {
    if (kind === 'control') return;
    const sockets = open.get(peerId) ?? new Set();
    open.set(peerId, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && open.get(peerId) === sockets) open.delete(peerId);
    });
  }

  return {
    async listen(port) {
      acceptor ??= accept(port, {
        identity,
        log,
        trusted,
        joinsOpen,
        onMember: (socket, id) => welcome(socket, id, false),
        onJoiner: (socket, id) => welcome(socket, id, true),
      });
      listening = await acceptor;
      return listening.port;
    },
    get port() {
      return listening?.port ?? null;
    },
    open: connect,
    openJoin: ({ node_id: peerId, addresses }, signal) =>
      connect({ peerId, addresses, kind: 'join', signal }),
    handle: (kind, handler) => void handlers.set(kind, handler),
    drop(nodeId) {
      for (const socket of open.get(nodeId) ?? []) socket.destroy();
    },
    close() {
      void acceptor?.then(
        (it) => it.close(),
        () => {},
      );
      for (const sockets of open.values()) for (const socket of sockets) socket.destroy();
    },
  };
}
