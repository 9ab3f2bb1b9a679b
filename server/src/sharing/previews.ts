/**
 * Where in the cluster can a model run? Each machine says what it could do itself; whoever asks puts it together. A
 * preview of another machine has that machine's id before its own: "<node id>/gpu:GPU-…".
 */
import {
  type DeviceOffer,
  type ModelRef,
  type NodeDocument,
  type Preview,
  peerPreviewsRequest,
  peerStudyRequest,
  type SharedModel,
  type Wishes,
} from '#protocol';
import type { Cluster } from '../cluster';
import type { NativeLibrarySearch } from '../inference';
import type { Models } from '../models';
import { bestFirst, type ClusterNode, type Device } from '../placement';
import { type HostPlanner, type Study, withLargestContext } from '../planner';
import { type OnlineNode, onlineNodes } from './online-nodes';
import { holdersOf, modelElsewhere, ownCopy, sharedModel } from './shared-models';

/** ms that a machine may take: for a dry run of a large file, and to look at its devices. */
const patienceMs = { study: 60_000, previews: 60_000 };

export interface PreviewParts {
  readonly nodeId: string;
  readonly cluster: Pick<Cluster, 'nodes' | 'request' | 'handle'>;
  readonly planner: Pick<HostPlanner, 'previews' | 'study' | 'previewsFrom' | 'across' | 'thisNode'>;
  readonly models: Pick<Models, 'find' | 'list'>;
  readonly library: NativeLibrarySearch;
}

/** A model, wherever its file is. */
export interface Subject {
  readonly model: SharedModel;
  /** What `place` takes. */
  readonly id: string;
  /** `null`: only other machines have it. */
  readonly own: ModelRef | null;
}

export interface ClusterPreviews {
  /** Best first. Rejects, in words, when no machine that answers has such a model. */
  of(modelId: string, wishes: Wishes): Promise<Preview[]>;
  /** Throws as above. */
  subject(modelId: string): Subject;
  /** What this machine can coordinate: on its own devices, and where these do not do, together with others. */
  coordinatedHere(model: ModelRef, wishes: Wishes): Promise<Preview[]>;
}

export function createPreviews({ nodeId, cluster, planner, models, library }: PreviewParts): ClusterPreviews {
  cluster.handle(peerStudyRequest, async ({ model, context_size, sequences, kv_cache_type }) => {
    const own = ownCopy(model, models.list());
    if (own === null) throw new Error(`${model.name} is not on this machine any more.`);
    return planner.study(own, { sequences, kv_cache_type }, context_size);
  });

  cluster.handle(peerPreviewsRequest, async ({ model, wishes, facts, need, together }) => {
    const own = ownCopy(model, models.list());
    if (together) {
      if (own === null) throw new Error(`${model.name} is not on this machine any more.`);
      return { previews: await coordinatedHere(own, wishes), devices: [] };
    }
    const alone = aloneOf({ ...wishes, context_size: need.context_size });
    const previews = own
      ? await planner.previews(own, alone)
      : await planner.previewsFrom({ modelId: model.name, path: null, facts, need }, alone);
    return { previews, devices: (await planner.thisNode(null)).devices.map(offerOf) };
  });

  function subject(modelId: string): Subject {
    let problem: unknown;
    try {
      const own = models.find(modelId);
      return { model: sharedModel(own), id: own.id, own };
    } catch (error) {
      problem = error;
    }
    const model = modelElsewhere(modelId, onlineNodes(cluster));
    if (model === null) throw problem;
    return { model, id: model.name, own: null };
  }

  async function of(modelId: string, wishes: Wishes): Promise<Preview[]> {
    const what = subject(modelId);
    const others = onlineNodes(cluster);
    if (others.length === 0 && what.own) return planner.previews(what.own, wishes);
    return withLargestContext(wishes, async (contextSize) =>
      everywhere(await study(what, wishes, contextSize), what, wishes, others),
    );
  }

  async function study({ own, model, id }: Subject, wishes: Wishes, contextSize: number): Promise<Study> {
    if (own) return { modelId: id, path: own.path, ...(await planner.study(own, wishes, contextSize)) };
    const [holder] = holdersOf(model, onlineNodes(cluster));
    if (holder === undefined)
      throw new Error(`The machine that has ${model.name} is not connected any more.`);
    const { sequences, kv_cache_type } = wishes;
    const found = await cluster.request(
      holder.id,
      peerStudyRequest,
      { model, context_size: contextSize, sequences, kv_cache_type },
      { limitMs: patienceMs.study },
    );
    return { modelId: id, path: null, ...found };
  }

  async function everywhere(
    known: Study,
    { model }: Subject,
    wishes: Wishes,
    others: readonly OnlineNode[],
  ): Promise<Preview[]> {
    const asked = others
      .filter(({ id }) => isAllowed(id, wishes))
      .map((node) => ask(node, known, model, aloneOf(wishes), false));
    const own = isAllowed(nodeId, wishes) ? await planner.previewsFrom(known, aloneOf(wishes)) : [];
    const answers = await Promise.all(asked);
    const single =
      wishes.min_nodes > 1 || wishes.sharding === 'Tensor'
        ? []
        : [...own, ...answers.flatMap(({ previews }) => previews)];
    if (single.some(({ error }) => error === null)) return bestFirst(single);
    // Only where no machine holds it alone does anybody want to know what several could.
    const nodes = answers.flatMap(({ node }) => node ?? []);
    const best = await coordinatorAmong(nodes, holdersOf(model, others), wishes, known.path !== null);
    const together =
      best === null
        ? await planner.across(known, wishes, nodes, splitObstacle())
        : (await ask(best, known, model, wishes, true)).previews;
    return bestFirst([...single, ...together.filter(isTogether)]);
  }

  /** Of those that have the file the one with most memory, which will have the largest share; `null`: this machine. */
  async function coordinatorAmong(
    nodes: readonly ClusterNode[],
    holders: readonly OnlineNode[],
    wishes: Wishes,
    hasFile: boolean,
  ): Promise<OnlineNode | null> {
    const memory = new Map(nodes.map((node) => [node.id, memoryOf(node, wishes.prefer_gpu)]));
    const candidates = holders.filter(({ id, document }) => memory.has(id) && document.native_build !== null);
    const [best] = candidates.toSorted((a, b) => (memory.get(b.id) ?? 0) - (memory.get(a.id) ?? 0));
    if (best === undefined || !hasFile) return best ?? null;
    const own = memoryOf(await planner.thisNode(null), wishes.prefer_gpu);
    return (memory.get(best.id) ?? 0) > own ? best : null;
  }

  async function coordinatedHere(model: ModelRef, wishes: Wishes): Promise<Preview[]> {
    const alone = aloneOf(wishes);
    const own = wishes.min_nodes > 1 ? [] : await planner.previews(model, alone);
    const others = onlineNodes(cluster).filter(({ id }) => isAllowed(id, wishes));
    if (others.length === 0 && own.length === 0) return planner.previews(model, wishes);
    if (others.length === 0 || own.some(({ error }) => error === null)) return own;
    return withLargestContext(wishes, async (contextSize) => {
      const inspection = await planner.study(model, wishes, contextSize);
      const known: Study = { modelId: model.id, path: model.path, ...inspection };
      const shared = sharedModel(model);
      const answers = await Promise.all(others.map((node) => ask(node, known, shared, alone, false)));
      const nodes = answers.flatMap(({ node }) => node ?? []);
      const together = await planner.across(known, wishes, nodes, splitObstacle());
      return bestFirst([...own, ...together.filter(isTogether)]);
    });
  }

  function splitObstacle(): string | null {
    return 'problem' in library ? `Layers cannot lie on other machines: ${library.problem}.` : null;
  }

  function shardObstacle({ native_build: build }: NodeDocument): string | null {
    if (build === null) return 'it cannot lend its devices; "vramesh doctor" on it says why';
    if ('problem' in library || library.build === build) return null;
    return 'it runs another release of VRAMesh, and layers can only lie on machines with the same one';
  }

  /** A machine that does not answer has a reason, too. `together`: with that machine as the coordinator of several. */
  async function ask(
    node: OnlineNode,
    { modelId, facts, need }: Study,
    model: SharedModel,
    wishes: Wishes,
    together: boolean,
  ): Promise<{ readonly previews: Preview[]; readonly node: ClusterNode | null }> {
    try {
      const answer = await cluster.request(
        node.id,
        peerPreviewsRequest,
        { model, wishes, facts, need, together },
        { limitMs: patienceMs.previews },
      );
      const previews = answer.previews.map((preview) => ({
        ...preview,
        id: `${node.id}/${preview.id}`,
        model_id: modelId,
        nodes: together ? preview.nodes : [node.id],
        shares: together
          ? preview.shares
          : preview.shares.map((share) => ({ ...share, node_id: node.id, node_name: node.name })),
      }));
      const { id, name, roundTripMs, bytesPerSecond, document } = node;
      const devices = answer.devices.map(deviceOf);
      const link = { roundTripMs, bytesPerSecond, shardObstacle: shardObstacle(document) };
      return { previews, node: { id, name, ...link, devices } };
    } catch (error) {
      const [frame] = await planner.previewsFrom({ modelId, path: null, facts, need }, aloneOf(wishes));
      const refused = frame && {
        ...frame,
        id: `${node.id}/none`,
        kind: 'none' as const,
        nodes: [node.id],
        shares: [],
        error: `${node.name}: ${(error as Error).message}`,
      };
      return { previews: refused ? [refused] : [], node: null };
    }
  }

  return { of, subject, coordinatedHere };
}

const onNode = /^(?<node>[0-9a-f]{64})\/(?<own>.+)$/s;

/** Where a preview would be placed, and how that machine calls it; `nodeId` null: this machine. */
export function placeOf(previewId: string): { readonly nodeId: string | null; readonly own: string } {
  const { node, own } = onNode.exec(previewId)?.groups ?? {};
  return { nodeId: node ?? null, own: own ?? previewId };
}

/** The wishes of one machine for itself: which machines may be used has been decided. */
export function aloneOf({ nodes: _, ...wishes }: Wishes): Wishes {
  return { ...wishes, min_nodes: 1 };
}

function isAllowed(id: string, { nodes }: Wishes): boolean {
  return nodes === undefined || nodes.includes(id);
}

function isTogether({ kind }: Preview): boolean {
  return kind === 'nodes' || kind === 'none';
}

/** Free bytes that layers would go to. */
function memoryOf({ devices }: ClusterNode, preferGpu: boolean): number {
  const sumOf = (kind: Device['kind']) =>
    devices.reduce(
      (sum, device) => sum + (device.kind === kind && device.obstacle === null ? device.freeBytes : 0),
      0,
    );
  return (preferGpu && sumOf('gpu')) || sumOf('cpu');
}

function offerOf(device: Device): DeviceOffer {
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

function deviceOf(offer: DeviceOffer): Device {
  return {
    id: offer.id,
    name: offer.name,
    kind: offer.kind,
    index: offer.index,
    capacityBytes: offer.capacity_bytes,
    freeBytes: offer.free_bytes,
    driverFreeBytes: offer.free_bytes,
    overheadBytes: offer.overhead_bytes,
    bandwidth: offer.bandwidth,
    obstacle: offer.obstacle,
  };
}
