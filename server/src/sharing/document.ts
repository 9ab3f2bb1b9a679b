/** What this machine tells the others about itself: kept up to date as its parts change. */
import type { Download, Instance, NodeProfile } from '#protocol';
import type { Cluster } from '../cluster';

export interface DocumentParts {
  readonly cluster: Pick<Cluster, 'publish'>;
  readonly telemetry: { profile(): NodeProfile; onSample(listener: () => void): () => void };
  readonly instances: {
    list(): Instance[];
    onChange(listener: () => void): () => void;
    readonly requests: number;
  };
  readonly downloads: { list(): Download[]; onChange(listener: () => void): () => void };
}

/** Returns how to stop. */
export function publishDocument({ cluster, telemetry, instances, downloads }: DocumentParts): () => void {
  const publishReadings = () =>
    cluster.publish({ profile: telemetry.profile(), requests: instances.requests });
  const publishInstances = () =>
    cluster.publish({ instances: instances.list(), requests: instances.requests });
  const publishDownloads = () => cluster.publish({ downloads: downloads.list() });

  publishReadings();
  publishInstances();
  publishDownloads();
  const stops = [
    telemetry.onSample(publishReadings),
    instances.onChange(publishInstances),
    downloads.onChange(publishDownloads),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
