/** Opens a connection to a member: dials it, and says hello. Also in the worker threads of tunnels, which share nothing. */
import type { TLSSocket } from 'node:tls';
import { type ChannelKind, type Hello, helloAnswerSchema, meshVersion } from '#protocol';
import type { Identity } from '../identity';
import type { ChannelPeer, OpenRequest } from './channel';
import { dial } from './dial';
import { frameLimits, readFrame, writeFrame } from './frame';
import { alpn, handshakeMs } from './tls';

/** What this node says of itself. */
export interface Greeting {
  /** Host name. */
  readonly name: string;
  /** Of VRAMesh. */
  readonly version: string;
}

export interface OpenedChannel {
  readonly kind: ChannelKind;
  readonly peer: ChannelPeer;
  readonly socket: TLSSocket;
  /** Where it answered. */
  readonly remote: string;
}

/** Rejects, in words: nobody answers, it is someone else, it does not trust this node, its version is another one. */
export async function openChannel(
  identity: Pick<Identity, 'privateKey' | 'certificate'>,
  { name, version }: Greeting,
  { peerId, addresses, kind, signal }: OpenRequest,
): Promise<OpenedChannel> {
  const protocol = kind === 'join' ? alpn.joiner : alpn.member;
  const { socket, address } = await dial({ identity, peerId, addresses, protocol, signal });
  const cancel = () => socket.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    writeFrame(socket, { protocol: meshVersion, version, name, kind } satisfies Hello);
    const answer = await readFrame(socket, {
      schema: helloAnswerSchema,
      limit: frameLimits.hello,
      patienceMs: handshakeMs,
    }).catch((error: Error) => {
      throw new Error(
        `${address}: ${error.message}; it may not trust this machine (any more), or have had too many connections`,
      );
    });
    if (answer.refused !== null) throw new Error(`${answer.name} refused: ${answer.refused}`);
    return {
      kind,
      peer: { id: peerId, name: answer.name, version: answer.version },
      socket,
      remote: address,
    };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
