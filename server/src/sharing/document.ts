/** What this machine tells the others about itself: kept up to date as its parts change. */
import type { Download, Instance, ModelRef, NodeProfile } from '#protocol';
import type { Cluster } from '../cluster';
import type { ClusterNode } from '../placement';
import { offerOf } from './online-nodes';

export interface DocumentParts {
  readonly cluster: Pick<Cluster, 'publish' | 'nodes' | 'onChange'>;
  readonly telemetry: { profile(): NodeProfile; onSample(listener: () => void): () => void };
  readonly models: { list(): ModelRef[] };
  readonly planner: { thisNode(profile: NodeProfile): Promise<ClusterNode> };
  readonly instances: {
    list(): Instance[];
    onChange(listener: () => void): () => void;
    readonly requests: number;
  };
  readonly downloads: { list(): Download[]; onChange(listener: () => void): () => void };
}

/** Returns how to stop. */
export function publishDocument(parts: DocumentParts): () => void {
  const { cluster, telemetry, models, planner, instances, downloads } = parts;

  function publishReadings(): void {
    const profile = telemetry.profile();
    cluster.publish({ profile, requests: instances.requests, models: ownModels() });
    void planner
      .thisNode(profile)
      .then(({ devices }) => cluster.publish({ devices: devices.map(offerOf) }))
      .catch(() => {});
  }
  const publishInstances = () =>
    cluster.publish({ instances: instances.list(), requests: instances.requests });
  const publishDownloads = () => cluster.publish({ downloads: downloads.list(), models: ownModels() });
  /** The embedded model is everywhere: nobody needs to hear of it. */
  const ownModels = () => models.list().filter(({ embedded }) => !embedded);

  let stops: (() => void)[] = [];
  let begun = false;

  /** Whoever is alone measures nothing for others. */
  function begin(): void {
    if (begun || cluster.nodes().length === 0) return;
    begun = true;
    publishReadings();
    publishInstances();
    publishDownloads();
    stops.push(
      telemetry.onSample(publishReadings),
      instances.onChange(publishInstances),
      downloads.onChange(publishDownloads),
    );
  }

  stops.push(cluster.onChange(begin));
  begin();
  return () => {
    for (const stop of stops) stop();
    stops = [];
  };
}
