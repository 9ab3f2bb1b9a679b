/**
 * Lets in whom the roster names. Until somebody has proven who they are and said hello, they get a place in a short
 * queue and ten seconds; then the certificate decides, before a byte of a message is read.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { Identity } from '../identity';
import { alpn, createTlsServer, idOf } from './tls';

const mostPending = 64;
const mostPendingPerAddress = 16;
/** ms that one may stay in the queue. */
const longestPendingMs = 10_000;

export interface AcceptOptions {
  readonly identity: Identity;
  readonly log: Logger;
  trusted(nodeId: string): boolean;
  /** Whether somebody is invited now. */
  joinsOpen(): boolean;
  /** Settles when the hello is over, well or not. */
  onMember(socket: TLSSocket, nodeId: string): Promise<void>;
  onJoiner(socket: TLSSocket, nodeId: string): Promise<void>;
}

export interface Acceptor {
  readonly port: number;
  close(): void;
}

/** On all interfaces. A port that is taken is replaced by any free one. */
export async function accept(port: number, options: AcceptOptions): Promise<Acceptor> {
  const { identity, log, trusted, joinsOpen, onMember, onJoiner } = options;
  const pending = new Map<Socket, string>();

  const tls = await createTlsServer(identity, (socket) => {
    socket.on('error', () => {});
    const id = idOf(socket);
    const joins = socket.alpnProtocol === alpn.joiner;
    if (id === null || !(joins ? joinsOpen() : trusted(id))) {
      log.debug(`A connection from ${socket.remoteAddress} was closed: it is not trusted.`);
      socket.destroy();
      return;
    }
    if (joins) {
      // Whoever is not trusted yet keeps its place in the queue, and its time, to the end.
      void onJoiner(socket, id);
      return;
    }
    const raw = rawOf.get(key(socket.remoteAddress, socket.remotePort));
    void onMember(socket, id).finally(() => raw && pending.delete(raw));
  });
  const rawOf = new Map<string, Socket>();

  function arrive(raw: Socket): void {
    const from = raw.remoteAddress ?? '';
    const same = [...pending.values()].filter((address) => address === from).length;
    if (pending.size >= mostPending || same >= mostPendingPerAddress) {
      raw.destroy();
      return;
    }
    const name = key(raw.remoteAddress, raw.remotePort);
    pending.set(raw, from);
    rawOf.set(name, raw);
    raw.on('error', () => {});
    raw.setNoDelay(true).setKeepAlive(true, 10_000);
    const limit = setTimeout(() => pending.has(raw) && raw.destroy(), longestPendingMs);
    raw.once('close', () => {
      clearTimeout(limit);
      rawOf.delete(name);
      pending.delete(raw);
    });
    tls.emit('connection', raw);
  }

  const server = createServer(arrive);
  await listenOn(server, port).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || port === 0) throw error;
    log.warn(`Port ${port} is in use: other machines find this one at another port, by discovery.`);
    await listenOn(server, 0);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close() {
      server.close();
      for (const raw of rawOf.values()) raw.destroy();
    },
  };
}

function key(address: string | undefined, port: number | undefined): string {
  return `${address} ${port}`;
}

/** IPv6 and IPv4 at once; where the machine has no IPv6, IPv4. */
async function listenOn(server: Server, port: number): Promise<void> {
  try {
    await listenAt(server, port, '::');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
    await listenAt(server, port, '0.0.0.0');
  }
}

function listenAt(server: Server, port: number, host: string): Promise<void> {
  return new Promise((fulfil, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {});
      fulfil();
    });
  });
}
