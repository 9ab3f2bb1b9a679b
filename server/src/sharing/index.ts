/**
 * Sharing: what the machines of a cluster do for each other. It joins the cluster with the parts that know models and
 * engines, tells the others what this machine has, and lets whoever is nearest complete.
 */
import type { Logger } from 'pino';
import { type Instance, type ModelElsewhere, peerUnplaceRequest } from '#protocol';
import type { Cluster } from '../cluster';
import type { NativeLibrarySearch } from '../inference';
import type { Instances } from '../instances';
import type { Models } from '../models';
import type { HostPlanner } from '../planner';
import { type Answerers, createAnswerers, serveTokenizing } from './answerers';
import { serveCopies } from './copies';
import { type DocumentParts, publishDocument } from './document';
import { watchForHeirs } from './heirs';
import { findInstance, instanceName, namedInstances } from './instance-names';
import { createLines, type Lines } from './lines';
import { createNearest, type Nearest } from './nearest';
import { type OnlineNode, onlineNodes } from './online-nodes';
import { createPlacing, type Place } from './placing';
import { type ClusterPreviews, createPreviews } from './previews';
import { createRemoteGeneration, serveRemoteGeneration } from './remote-generation';
import { watchReturns } from './returns';
import { modelsElsewhere } from './shared-models';
import { serveWaking } from './waking';
import { watchWhereabouts } from './whereabouts';

export type { Answerer, Answerers } from './answerers';
export { createBorrowing } from './borrowing';
export { fetchFromPeer } from './copies';
export { createLending, type Lending } from './lending';
export { createLines, type Lines } from './lines';
export type { Nearest } from './nearest';
export type { Place } from './placing';
export { QueueFull } from './queue';

/** ms that another machine may take to free the memory of an instance. */
const unplaceLimitMs = 60_000;

export interface SharingParts
  extends Omit<DocumentParts, 'instances' | 'cluster' | 'models' | 'nativeBuild'> {
  readonly nodeId: string;
  readonly cluster: Cluster;
  readonly instances: Instances;
  readonly models: Models;
  readonly planner: HostPlanner;
  readonly library: NativeLibrarySearch;
  readonly log: Logger;
}

/** The placed models of all machines. */
export interface SharedInstances {
  /** This machine's first; those of others as "id@machine". */
  list(): Instance[];
  /** On whichever machine is best, or the one of the preview. Rejects, in words. */
  place: Place;
  /** On whichever machine it is. Rejects, in words, when there is none of that name. */
  unplace(id: string): Promise<void>;
  /** Which of them answers completions as things are; `null`: none can. */
  completing(): string | null;
}

export interface Sharing {
  readonly nearest: Nearest;
  /** Who answers programs, and who is asked in a chat. */
  readonly answerers: Answerers;
  /** Where they stand in line for it. */
  readonly lines: Lines;
  readonly instances: SharedInstances;
  /** Where in the cluster a model can run. */
  readonly previews: Pick<ClusterPreviews, 'of' | 'coordinatedHere'>;
  /** Models that only other machines have. */
  modelsElsewhere(): ModelElsewhere[];
  close(): void;
}

export function openSharing(parts: SharingParts): Sharing {
  const { nodeId, cluster, instances, models, planner, library, log } = parts;
  const remote = createRemoteGeneration(cluster);
  const nearest = createNearest({
    instances,
    cluster,
    generateRemotely: ({ onCost, ...request }) => {
      const generation = remote.generate(request);
      generation.done.then(
        ({ stats }) => onCost(stats),
        () => {},
      );
      return generation;
    },
  });
  const answerers = createAnswerers({ nodeId, cluster, instances, models, nearest, remote });
  serveRemoteGeneration(cluster, instances);
  serveTokenizing(cluster, instances);
  serveWaking(cluster, instances);
  cluster.handle(peerUnplaceRequest, async ({ instance_id }) => {
    await instances.unplace(instance_id);
    return {};
  });

  serveCopies(cluster, models);
  const previews = createPreviews({ nodeId, cluster, planner, models, library });
  const place = createPlacing({ nodeId, cluster, instances, models, previews });
  const whereabouts = watchWhereabouts(cluster.addresses);
  const stops = [
    publishDocument({ ...parts, nativeBuild: 'problem' in library ? null : library.build }),
    watchForHeirs({ nodeId, cluster, place, unplace, whereabouts, log }),
    whereabouts.close,
    watchReturns(cluster, () => instances.retrySplit()),
  ];

  function others() {
    return onlineNodes(cluster).map(withInstances);
  }

  async function unplace(id: string): Promise<void> {
    const isOwn = instances.list().some((instance) => instance.id === id);
    const far = isOwn ? null : findInstance(id, others());
    // In words, too, when nobody has it.
    if (far === null) return instances.unplace(id);
    const params = { instance_id: far.instanceId };
    await cluster.request(far.node.id, peerUnplaceRequest, params, { limitMs: unplaceLimitMs });
  }

  return {
    nearest,
    answerers,
    lines: createLines(),
    previews,
    instances: {
      list: () => [...instances.list(), ...namedInstances(others())],
      place,
      unplace,
      completing() {
        const now = nearest.current();
        const node = others().find(({ id }) => id === now?.nodeId);
        return now && node ? instanceName(now.instanceId, node, others()) : (now?.instanceId ?? null);
      },
    },
    modelsElsewhere: () => modelsElsewhere(models.list(), onlineNodes(cluster)),
    close() {
      for (const stop of stops) stop();
      remote.close();
    },
  };
}

function withInstances({ id, name, document: { instances } }: OnlineNode) {
  return { id, name, instances };
}
