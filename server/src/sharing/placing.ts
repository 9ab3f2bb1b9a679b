/**
 * Placing from any machine on any machine: the preview says where, and the machine that owns the devices does it. It
 * copies the file first where it lacks it.
 */
import { type Download, type Instance, isOverNodes, peerPlaceRequest } from '#protocol';
import type { Cluster } from '../cluster';
import type { Instances, PlaceRequest } from '../instances';
import type { Models } from '../models';
import { copyFrom } from './copies';
import { instanceName } from './instance-names';
import { type OnlineNode, onlineNodes } from './online-nodes';
import { aloneOf, type ClusterPreviews, placeOf, type Subject } from './previews';
import { holdersOf, ownCopy } from './shared-models';

/** ms that another machine may take until a model is ready; it may have to copy it first. */
const patienceMs = 6 * 3_600_000;

export interface PlacingParts {
  readonly nodeId: string;
  readonly cluster: Pick<Cluster, 'nodes' | 'onChange' | 'request' | 'handle'>;
  readonly instances: Pick<Instances, 'place'>;
  readonly models: Pick<Models, 'list' | 'downloads'>;
  readonly previews: ClusterPreviews;
}

export interface PlaceAnywhere extends PlaceRequest {
  /** Its file is copied first: there is no instance until it is there. */
  onCopy?(download: Download): void;
}

/** Resolves when it is ready; rejects, in words, as `Instances.place` does. */
export type Place = (request: PlaceAnywhere) => Promise<Instance>;

export function createPlacing({ nodeId, cluster, instances, models, previews }: PlacingParts): Place {
  cluster.handle(peerPlaceRequest, async (request, _peer, signal) => {
    const { model, holders, wishes, preview_id, keep_failure } = request;
    const others = holders.filter((id) => id !== nodeId);
    const here = ownCopy(model, models.list()) ?? (await copyFrom(models, model, others, signal));
    const instance = await instances.place({
      modelId: here.id,
      wishes: isOverNodes(preview_id) ? wishes : aloneOf(wishes),
      previewId: preview_id,
      keepFailure: keep_failure,
      signal,
      onChange: () => {},
    });
    return { instance };
  });

  /** `node` null: here. */
  async function whereTo({ modelId, wishes, previewId }: PlaceRequest) {
    const nodes = onlineNodes(cluster);
    if (previewId === null && nodes.length === 0) return { node: null, previewId, split: false };
    if (previewId === null) {
      const [best] = await previews.of(modelId, wishes);
      if (best === undefined || best.error !== null)
        throw new Error(best?.error ?? 'No machine can hold this model.');
      const { nodeId: found, own } = placeOf(best.id);
      // Here, the next best may be tried where the best turns out to be taken.
      // Then which machines may be used is still to be heeded.
      const split = isOverNodes(own);
      return found === null
        ? { node: null, previewId: split ? own : previewId, split }
        : { node: online(found, nodes), previewId: own, split };
    }
    const { nodeId: named, own } = placeOf(previewId);
    return { node: named === null ? null : online(named, nodes), previewId: own, split: isOverNodes(own) };
  }

  async function placeAt(
    node: OnlineNode,
    { model, own }: Subject,
    { wishes, keepFailure, signal, onChange, onCopy }: PlaceAnywhere,
    previewId: string | null,
  ): Promise<Instance> {
    const nodes = () => onlineNodes(cluster);
    const there = (instance: Instance) => ({ ...instance, id: instanceName(instance.id, node, nodes()) });
    const documentNow = () => nodes().find(({ id }) => id === node.id)?.document;
    // One with other wishes makes room for the one that is wanted.
    const before = new Set(documentNow()?.instances.map(({ id }) => id));
    const stop = cluster.onChange(() => {
      const now = documentNow();
      const begun = now?.instances.find(({ id, model: { name } }) => name === model.name && !before.has(id));
      const copy = now?.downloads.find(({ name, state }) => name === model.file && isUnderWay(state));
      if (begun) onChange(there(begun));
      else if (copy) onCopy?.(copy);
    });
    try {
      const holders = [...(own ? [nodeId] : []), ...holdersOf(model, nodes()).map(({ id }) => id)];
      const { instance } = await cluster.request(
        node.id,
        peerPlaceRequest,
        {
          model,
          holders,
          wishes: isOverNodes(previewId) ? wishes : aloneOf(wishes),
          preview_id: previewId,
          keep_failure: keepFailure,
        },
        { signal, limitMs: patienceMs },
      );
      return there({ ...instance, node_id: node.id });
    } finally {
      stop();
    }
  }

  return async (request) => {
    const subject = previews.subject(request.modelId);
    const { node, previewId, split } = await whereTo(request);
    if (node) return placeAt(node, subject, request, previewId);
    const holders = holdersOf(subject.model, onlineNodes(cluster)).map(({ id }) => id);
    const model =
      subject.own ?? (await copyFrom(models, subject.model, holders, request.signal, request.onCopy));
    const wishes = split ? request.wishes : aloneOf(request.wishes);
    return instances.place({ ...request, modelId: model.id, wishes, previewId });
  };
}

function isUnderWay(state: Download['state']): boolean {
  return state === 'waiting' || state === 'downloading' || state === 'verifying';
}

function online(id: string, nodes: readonly OnlineNode[]): OnlineNode {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined)
    throw new Error('The machine of this preview is not connected now. Look at the previews again.');
  return node;
}
