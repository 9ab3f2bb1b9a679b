/** Puts the state document together and tells of its changes, at a pace that readers can follow. */
import type { Node, NodeProfile, State } from '#protocol';
import type { Cluster, RemoteNode } from './cluster';
import type { Measures } from './completion';
import type { Instances, Leases } from './instances';
import type { Downloads } from './models';
import { nodeName } from './node-name';
import type { Runtime } from './runtime';
import type { Lending, SharedInstances } from './sharing';

/** Changes closer together than this are told as one. */
const shortestIntervalMs = 200;

export interface StateParts {
  readonly nodeId: string;
  readonly version: string;
  readonly instances: Instances;
  readonly shared: Pick<SharedInstances, 'list' | 'completing'>;
  readonly downloads: Downloads;
  readonly measures: Pick<Measures, 'snapshot' | 'onChange'>;
  readonly lending: Pick<Lending, 'list' | 'onChange'>;
  readonly leases: Pick<Leases, 'outstanding'>;
  readonly cluster: Pick<Cluster, 'addresses' | 'nodes' | 'onChange'>;
  readonly runtime: Pick<Runtime, 'isMissing' | 'onChange'>;
  readonly telemetry: { profile(): NodeProfile; onSample(listener: () => void): () => void };
}

export interface StatePublisher {
  state(): State;
  onChange(listener: (state: State) => void): () => void;
  close(): void;
}

export function publishState({
  nodeId,
  version,
  instances,
  shared,
  downloads,
  measures,
  lending,
  leases,
  cluster,
  runtime,
  telemetry,
}: StateParts): StatePublisher {
  const listeners = new Set<(state: State) => void>();
  let timer: NodeJS.Timeout | null = null;

  const state = (): State => {
    const others = cluster.nodes();
    const here = others.filter(({ peer }) => peer.status !== 'gone');
    const own: Node = {
      node_id: nodeId,
      name: nodeName(),
      version,
      status: 'this',
      requests: instances.requests,
      node_profile: telemetry.profile(),
      addresses: cluster.addresses(),
      lent: lending.list(),
      leased: leases.outstanding(),
    };
    return {
      topology: {
        nodes: [own, ...others.flatMap(nodeOf)],
        connections: here.map(({ peer }) => ({
          from: nodeId,
          to: peer.node_id,
          round_trip_ms: peer.round_trip_ms,
          bytes_per_second: peer.bytes_per_second,
        })),
      },
      // What a machine ran that has gone is not there any more, although the machine is still shown.
      instances: shared.list(),
      completing: shared.completing(),
      completions: measures.snapshot(),
      downloads: [...downloads.list(), ...here.flatMap(({ document }) => document?.downloads ?? [])],
      ...(runtime.isMissing() ? { cuda_missing: true } : {}),
    };
  };

  const changed = () => {
    timer ??= setTimeout(() => {
      timer = null;
      if (listeners.size === 0) return;
      const now = state();
      for (const listener of listeners) listener(now);
    }, shortestIntervalMs);
  };
  const stopSources = [
    instances.onChange(changed),
    downloads.onChange(changed),
    measures.onChange(changed),
    lending.onChange(changed),
    telemetry.onSample(changed),
    cluster.onChange(changed),
    runtime.onChange(changed),
  ];

  return {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const stop of stopSources) stop();
      if (timer) clearTimeout(timer);
      listeners.clear();
    },
  };
}

/** One that has said nothing yet has nothing to show. */
function nodeOf({ peer, document }: RemoteNode): Node[] {
  if (document === null) return [];
  const { node_id, name, status, version, addresses } = peer;
  const { requests, profile: node_profile, lent, leased } = document;
  return [{ node_id, name, status, version: version ?? '', requests, node_profile, addresses, lent, leased }];
}
