/** What goes to and fro between an engine and its shards on other nodes, for whoever looks at the instance. */
import type { ShardState, Share } from '#protocol';
import type { Borrowed, BorrowedShard } from './shards';

export interface ShardMeter {
  /** All weights are where they belong. */
  loaded(): void;
  /** So many tokens were evaluated or generated since the last call. */
  tokens(count: number): void;
  snapshot(): ShardState[];
}

interface Entry {
  readonly shard: BorrowedShard;
  /** Bytes either way when loading ended; null: it has not. */
  sentToLoad: number | null;
  trafficToLoad: number;
}

/** @param now a clock in ms */
export function createShardMeter({ shards }: Borrowed, now: () => number): ShardMeter {
  const begin = now();
  const entries = shards.map((shard): Entry => ({ shard, sentToLoad: null, trafficToLoad: 0 }));
  let tokens = 0;

  return {
    loaded() {
      for (const entry of entries) {
        const { sent, received } = entry.shard.traffic();
        entry.sentToLoad = sent;
        entry.trafficToLoad = sent + received;
      }
    },
    tokens(count) {
      tokens += count;
    },
    snapshot: () =>
      entries.map(({ shard, sentToLoad, trafficToLoad }) => {
        const { sent, received } = shard.traffic();
        const weights = sumOf(shard.shares, 'weights_bytes');
        const loading = sentToLoad === null;
        return {
          node_id: shard.nodeId,
          node_name: shard.nodeName,
          layers: sumOf(shard.shares, 'layers'),
          weights_bytes: weights,
          sent_bytes: sent,
          received_bytes: received,
          load_bytes_per_second: loading ? rateOf(sent, now() - begin) : null,
          cached_bytes: loading ? null : Math.max(0, weights - sentToLoad),
          bytes_per_token:
            loading || tokens === 0 ? null : Math.round((sent + received - trafficToLoad) / tokens),
        };
      }),
  };
}

function sumOf(shares: readonly Share[], field: 'layers' | 'weights_bytes'): number {
  return shares.reduce((sum, share) => sum + share[field], 0);
}

function rateOf(bytes: number, ms: number): number | null {
  return ms > 0 ? Math.round((bytes / ms) * 1000) : null;
}
