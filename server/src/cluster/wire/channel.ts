/** A connection to another node of the roster: both certificates are checked and the hellos are said. */
import type { Duplex } from 'node:stream';
import type { ChannelKind } from '#protocol';

export interface ChannelPeer {
  readonly id: string;
  readonly name: string;
  /** Of VRAMesh. */
  readonly version: string;
}

/** Whoever gets one owns its socket: reads it, and destroys it when done. */
export interface Channel {
  readonly kind: ChannelKind;
  readonly peer: ChannelPeer;
  readonly socket: Duplex;
  /** Where the other end is, as "address:port"; `null`: it is gone already. */
  readonly remote: string | null;
}

export interface OpenRequest {
  readonly peerId: string;
  /** All are tried, the first one with a head start of 250 ms before the next; the first that proves to be the peer wins. */
  readonly addresses: readonly string[];
  readonly kind: ChannelKind;
  readonly signal: AbortSignal;
}

export interface Wire {
  /** Rejects, in words: nobody answers, it is someone else, it does not trust this node, its version is another one. */
  open(request: OpenRequest): Promise<Channel>;
  /** One handler a kind. What arrives for a kind without one is refused in words. */
  handle(kind: ChannelKind, handler: (channel: Channel) => void): void;
}
