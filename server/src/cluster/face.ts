/** What the rest of the host may ask of the cluster. */
import type { NodeDocument, Peer } from '#protocol';
import type { MessageHandler, PeerRequest } from './mesh';
import type { Tunnels } from './tunnel';
import type { Channel, OpenRequest } from './wire/channel';

/** The last that a peer said of itself. */
export interface RemoteNode {
  readonly peer: Peer;
  /** null: it has said nothing since this host started */
  readonly document: NodeDocument | null;
  /** It said goodbye: what it ran has ended by wish. */
  readonly left: boolean;
}

export interface Cluster {
  /** Opens the cluster for one machine. Starts listening where nobody did yet. */
  invite(): Promise<{ line: string; expires_at: number }>;
  /** Rejects, in words: a bad line, expired, nobody answers, this machine belongs to a cluster already. */
  join(line: string, signal: AbortSignal): Promise<{ inviter: string; peers: Peer[] }>;
  /** The other members, by name. */
  peers(): Peer[];
  /** @param which id, the beginning of one, or a name that only one has. Rejects, in words, when it is none or several. */
  remove(which: string): Promise<{ removed: string; told: number }>;
  leave(): Promise<void>;
  /** Addresses that discovery does not find. */
  setStaticPeers(addresses: readonly string[]): void;
  /** Of this machine, where members may find it now. */
  addresses(): string[];
  /** Members that were heard by UDP lately; `null`: discovery is off. */
  heard(): string[] | null;
  /** "0.0.0.0:52414"; null: it does not listen, since nobody was invited or joined. */
  readonly address: string | null;

  nodes(): RemoteNode[];
  /** Somebody came, went, or said something new; somebody was added or removed. */
  onChange(listener: () => void): () => void;
  /** What this node says about itself; sections that are as before cost nothing. */
  publish(sections: Partial<NodeDocument>): void;
  request: PeerRequest;
  handle: MessageHandler;
  open(request: Pick<OpenRequest, 'peerId' | 'kind' | 'signal'>): Promise<Channel>;
  onChannel(kind: 'completion' | 'file' | 'shard', handler: (channel: Channel) => void): void;
  /** To devices that a member lends. */
  readonly openTunnel: Tunnels['open'];
  /** Says goodbye to everybody. */
  close(): Promise<void>;
}
