/** What this machine tells the others about itself: kept up to date as its parts change. */
import { type Download, type Instance, type ModelRef, type NodeProfile, sharedModelSchema } from '#protocol';
import type { Cluster } from '../cluster';
import type { Leases } from '../instances';
import type { Lending } from './lending';
import { sharedModel } from './shared-models';

export interface DocumentParts {
  readonly cluster: Pick<Cluster, 'publish'>;
  /** Of the native library; `null`: there is none. */
  readonly nativeBuild: string | null;
  readonly lending: Pick<Lending, 'list' | 'onChange'>;
  readonly leases: Pick<Leases, 'outstanding'>;
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

/** ms between two looks into the models folder: files may be put there by hand. */
const listingMs = 10_000;

/** Returns how to stop. */
export function publishDocument({
  cluster,
  telemetry,
  instances,
  models,
  lending,
  leases,
  nativeBuild,
}: DocumentParts): () => void {
  const publishReadings = () =>
    cluster.publish({
      profile: telemetry.profile(),
      requests: instances.requests,
      ...(performance.now() - listedAt > listingMs ? { models: onDisk() } : {}),
    });
  const publishInstances = () =>
    cluster.publish({
      instances: instances.list(),
      requests: instances.requests,
      leased: leases.outstanding(),
    });
  const publishDownloads = () => cluster.publish({ downloads: models.downloads.list(), models: onDisk() });
  let listedAt = 0;
  /** A name that nobody could be told ('.gguf') must not cost the connection. */
  const onDisk = () => {
    listedAt = performance.now();
    const own = models.list().filter(({ embedded }) => !embedded);
    return own.map(sharedModel).filter((model) => sharedModelSchema.safeParse(model).success);
  };

  const publishLent = () =>
    cluster.publish({ lent: lending.list(), leased: leases.outstanding(), native_build: nativeBuild });

  publishReadings();
  publishLent();
  publishInstances();
  publishDownloads();
  const stops = [
    telemetry.onSample(publishReadings),
    instances.onChange(publishInstances),
    lending.onChange(publishLent),
    models.downloads.onChange(publishDownloads),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
