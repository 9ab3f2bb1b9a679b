/** What this machine tells the others about itself: kept up to date as its parts change. */
import type { Download, Instance, ModelRef, NodeProfile } from '#protocol';
import type { Cluster } from '../cluster';
import { sharedModel } from './shared-models';

export interface DocumentParts {
  readonly cluster: Pick<Cluster, 'publish'>;
  readonly telemetry: { profile(): NodeProfile; onSample(listener: () => void): () => void };
  readonly instances: {
    list(): Instance[];
    onChange(listener: () => void): () => void;
    readonly requests: number;
  };
  readonly models: {
    list(): ModelRef[];
    readonly downloads: { list(): Download[]; onChange(listener: () => void): () => void };
  };
}

/** Returns how to stop. */
export function publishDocument({ cluster, telemetry, instances, models }: DocumentParts): () => void {
  const publishReadings = () =>
    cluster.publish({ profile: telemetry.profile(), requests: instances.requests, models: onDisk() });
  const publishInstances = () =>
    cluster.publish({ instances: instances.list(), requests: instances.requests });
  const publishDownloads = () => cluster.publish({ downloads: models.downloads.list(), models: onDisk() });
  const onDisk = () =>
    models
      .list()
      .filter(({ embedded }) => !embedded)
      .map(sharedModel);

  publishReadings();
  publishInstances();
  publishDownloads();
  const stops = [
    telemetry.onSample(publishReadings),
    instances.onChange(publishInstances),
    models.downloads.onChange(publishDownloads),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
