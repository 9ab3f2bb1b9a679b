/** Connects to a node at whichever of its addresses answers first and holds its key. */
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Identity } from '../identity';
import { type Address, parseAddress } from './address';
import { handshakeMs, idOf, secure } from './tls';

/** ms that an address has before the next one is tried beside it. */
const headStartMs = 250;

export interface DialRequest {
  readonly identity: Pick<Identity, 'privateKey' | 'certificate'>;
  /** Whoever else answers is hung up on. */
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly protocol: string;
  readonly signal: AbortSignal;
}

export interface Dialled {
  readonly socket: TLSSocket;
  readonly address: string;
}

/** Rejects with what happened at each address. */
export function dial({ identity, peerId, addresses, protocol, signal }: DialRequest): Promise<Dialled> {
  return new Promise((fulfil, reject) => {
    const failures: string[] = [];
    const attempts = new Set<Socket>();
    const timers = new Set<NodeJS.Timeout>();
    let settled = false;
    const settle = (act: () => void, keep?: Socket) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', abort);
      for (const timer of timers) clearTimeout(timer);
      for (const attempt of attempts) if (attempt !== keep) attempt.destroy();
      act();
    };
    const abort = () => settle(() => reject(new Error('Connecting was cancelled.')));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();

    const known = addresses.flatMap((text) => {
      const address = parseAddress(text);
      return address === null ? [] : [{ text, address }];
    });
    if (known.length === 0) settle(() => reject(new Error('no address of it is known')));

    let begun = 0;
    const next = async (): Promise<void> => {
      const candidate = known[begun];
      if (settled || candidate === undefined) return;
      begun += 1;
      // Whichever comes first, the head start's end or a failure, begins the next one, and only one of them.
      const following = setTimeout(() => {
        timers.delete(following);
        void next();
      }, headStartMs);
      timers.add(following);
      const { text, address } = candidate;
      const raw = connectTo(address);
      attempts.add(raw);
      const limit = setTimeout(() => raw.destroy(new Error('no answer')), handshakeMs);
      try {
        await connected(raw);
        const socket = await secure(raw, identity, protocol);
        if (idOf(socket) !== peerId) throw new Error('another machine answers there');
        settle(() => fulfil({ socket, address: text }), raw);
      } catch (error) {
        raw.destroy();
        failures.push(`${text}: ${wordsOf(error)}`);
        if (failures.length === known.length) settle(() => reject(new Error(failures.join('; '))));
        if (timers.delete(following)) {
          clearTimeout(following);
          void next();
        }
      } finally {
        clearTimeout(limit);
      }
    };
    void next();
  });
}

function connectTo({ host, port }: Address): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
  socket.on('error', () => {});
  return socket;
}

function connected(socket: Socket): Promise<void> {
  return new Promise((fulfil, reject) => {
    socket.once('connect', fulfil).once('error', reject);
  });
}

function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'nobody listens there';
  if (code === 'ECONNRESET') return 'it closed the connection: it does not trust this machine';
  if (code === 'ETIMEDOUT') return 'no answer';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name is not known';
  if (code === 'EHOSTUNREACH' && process.platform === 'darwin')
    return 'not reachable; allow this program in System Settings › Privacy & Security › Local Network';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'not reachable from here';
  return message;
}
