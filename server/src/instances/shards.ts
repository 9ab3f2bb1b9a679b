/** What an instance needs of other nodes when some of its layers lie there. `sharing/` fulfils it; the host hands it in. */
import type { Share } from '#protocol';

export interface ShardTraffic {
  /** Bytes to the shard so far. */
  readonly sent: number;
  /** Bytes from the shard so far. */
  readonly received: number;
}

/** Devices of one other node, lent for one placement. */
export interface BorrowedShard {
  readonly nodeId: string;
  readonly nodeName: string;
  /** What lies there, in the order of the layers. */
  readonly shares: readonly Share[];
  /** Path of the Unix socket behind which it answers. */
  readonly socket: string;
  traffic(): ShardTraffic;
}

export interface Borrowed {
  /** In the order of the layers. */
  readonly shards: readonly BorrowedShard[];
  /** Settles, never rejects, with the reason in words, when one of them is no longer there. */
  readonly lost: Promise<string>;
  /** Gives everything back. Resolves when the other nodes have freed the memory, or do not answer. */
  release(): Promise<void>;
}

export interface BorrowRequest {
  /** Name of the model: the lenders show it. */
  readonly model: string;
  /** Of other nodes, in the order of the layers. */
  readonly shares: readonly Share[];
  readonly signal: AbortSignal;
}

/** ms by which the news that a shard is lost may come after the engine has died of it. */
export const newsLagMs = 500;

/** Rejects, in words, when one of the nodes does not lend its devices: then nothing is kept. */
export type Borrow = (request: BorrowRequest) => Promise<Borrowed>;
