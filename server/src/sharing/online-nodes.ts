/** The other machines that answer now, in the words of the parts that want to use them. */
import type { DeviceOffer, NodeDocument } from '#protocol';
import type { Cluster, RemoteNode } from '../cluster';
import type { Device } from '../placement';

export interface OnlineNode {
  readonly id: string;
  readonly name: string;
  readonly roundTripMs: number | null;
  readonly document: NodeDocument;
}

/** Those that are connected, speak, and have said what they have. */
export function onlineNodes(cluster: Pick<Cluster, 'nodes'>): OnlineNode[] {
  return cluster.nodes().flatMap((node: RemoteNode) => {
    const { peer, document } = node;
    if (peer.status !== 'online' || document === null) return [];
    return [{ id: peer.node_id, name: peer.name, roundTripMs: peer.round_trip_ms, document }];
  });
}

export function offerOf(device: Device): DeviceOffer {
  return {
    id: device.id,
    name: device.name,
    kind: device.kind,
    index: device.index,
    capacity_bytes: device.capacityBytes,
    free_bytes: Math.max(0, Math.floor(device.freeBytes)),
    overhead_bytes: device.overheadBytes,
    bandwidth: device.bandwidth,
    obstacle: device.obstacle,
  };
}
