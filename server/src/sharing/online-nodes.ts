/** The other machines that answer now, and have said what they have. */
import type { NodeDocument } from '#protocol';
import type { Cluster } from '../cluster';

export interface OnlineNode {
  readonly id: string;
  readonly name: string;
  /** `null`: not measured yet */
  readonly roundTripMs: number | null;
  /** `null`: not measured yet */
  readonly bytesPerSecond: number | null;
  readonly document: NodeDocument;
}

export function onlineNodes(cluster: Pick<Cluster, 'nodes'>): OnlineNode[] {
  return cluster.nodes().flatMap(({ peer, document }) => {
    if (peer.status !== 'online' || document === null) return [];
    const { node_id: id, name, round_trip_ms: roundTripMs, bytes_per_second: bytesPerSecond } = peer;
    return [{ id, name, roundTripMs, bytesPerSecond, document }];
  });
}
