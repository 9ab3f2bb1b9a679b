/** What a tunnel's thread is told, and what it tells. */
import type { ShardRequest } from '#protocol';
import type { Greeting } from '../wire';

export interface TunnelOrder {
  /** PEM. */
  readonly privateKey: string;
  /** PEM. */
  readonly certificate: string;
  readonly greeting: Greeting;
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly request: ShardRequest;
  /** Path of the Unix socket to listen at. */
  readonly socket: string;
}

export type TunnelReport =
  | { readonly type: 'open' }
  /** Bytes from and to the engine, so far. */
  | { readonly type: 'count'; readonly sent: number; readonly received: number }
  /** `lost`: not because the engine has hung up. */
  | { readonly type: 'closed'; readonly why: string; readonly lost: boolean };
