/** Puts the state document together and tells of its changes, at a pace that readers can follow. */
import { hostname } from 'node:os';
import type { NodeProfile, State } from '#protocol';
import type { Instances } from './instances';
import type { Downloads } from './models';

/** Changes closer together than this are told as one. */
const shortestIntervalMs = 200;

export interface StateParts {
  readonly nodeId: string;
  readonly version: string;
  readonly instances: Instances;
  readonly downloads: Downloads;
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
  downloads,
  telemetry,
}: StateParts): StatePublisher {
  const listeners = new Set<(state: State) => void>();
  let timer: NodeJS.Timeout | null = null;

  const state = (): State => ({
    topology: {
      nodes: [
        { node_id: nodeId, name: hostname(), version, status: 'this', node_profile: telemetry.profile() },
      ],
      connections: [],
    },
    instances: instances.list(),
    downloads: downloads.list(),
  });

  const changed = () => {
    timer ??= setTimeout(() => {
      timer = null;
      if (listeners.size === 0) return;
      const now = state();
      for (const listener of listeners) listener(now);
    }, shortestIntervalMs);
  };
  const stopSources = [instances.onChange(changed), downloads.onChange(changed), telemetry.onSample(changed)];

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
