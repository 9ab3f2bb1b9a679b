/**
 * Which instance answers a program that names a model: one that is ready before one that is not, this machine's before
 * others', then the one with the lowest expected latency.
 */
import {
  type Instance,
  type ModelRef,
  peerDetokenizeRequest,
  peerTokenizeRequest,
  type TokenizeParams,
} from '#protocol';
import type { Cluster } from '../cluster';
import type { Generation, GenerationRequest, Instances } from '../instances';
import type { Models } from '../models';
import { instanceName } from './instance-names';
import { expectedLatency, type Nearest } from './nearest';
import { onlineNodes } from './online-nodes';
import type { RemoteGeneration } from './remote-generation';
import { modelsElsewhere } from './shared-models';
import { wakeElsewhere } from './waking';

export interface Answerer {
  /** Under the name by which this machine knows it. */
  readonly instance: Instance;
  /** It begins when it is iterated, which whoever calls this must do. @throws when it is not ready any more. */
  generate(request: GenerationRequest): Generation;
  tokenize(params: TokenizeParams): Promise<number[]>;
  detokenize(tokens: readonly number[]): Promise<string>;
}

export type Answering =
  | { readonly kind: 'ready'; readonly answerer: Answerer }
  | { readonly kind: 'not ready'; readonly instance: Instance }
  | { readonly kind: 'not placed'; readonly modelId: string }
  | { readonly kind: 'unknown' };

export interface NamedModel {
  readonly name: string;
  readonly instances: readonly Instance[];
}

export interface Answerers {
  /**
   * By the name or id of a model, or the id of an instance; '': whichever completes now. One that is not ready is waited for,
   * but not long; an idle one is brought back.
   */
  find(name: string, signal: AbortSignal): Promise<Answering>;
  /** What can be named: placed ones first. */
  list(): NamedModel[];
}

/** ms that a small model takes to come back; for a larger one, the program is told how far it is. */
const patienceMs = 2000;
/** ms; the answer is one step of an engine */
const tokenizeLimitMs = 10_000;

export interface AnswerersParts {
  readonly nodeId: string;
  readonly cluster: Pick<Cluster, 'nodes' | 'onChange' | 'request'>;
  readonly instances: Pick<Instances, 'list' | 'generate' | 'tokenize' | 'detokenize' | 'wake' | 'onChange'>;
  readonly models: Pick<Models, 'list'>;
  readonly nearest: Pick<Nearest, 'current'>;
  readonly remote: Pick<RemoteGeneration, 'generate'>;
}

interface Candidate extends Answerer {
  /** How its own machine calls it. */
  readonly ownId: string;
  readonly here: boolean;
  readonly latency: number;
  /** Brings an idle one back. */
  wake(): void;
}

export function createAnswerers({
  nodeId,
  cluster,
  instances,
  models,
  nearest,
  remote,
}: AnswerersParts): Answerers {
  function candidates(): Candidate[] {
    const own = instances.list().map(
      (instance): Candidate => ({
        instance,
        ownId: instance.id,
        here: true,
        latency: 0,
        wake: () => instances.wake(instance.id),
        generate: (request) => instances.generate(instance.id, request),
        tokenize: (params) => instances.tokenize(instance.id, params),
        detokenize: (tokens) => instances.detokenize(instance.id, tokens),
      }),
    );
    const nodes = onlineNodes(cluster).map((node) => ({ ...node, instances: node.document.instances }));
    const others = nodes.flatMap((node) =>
      node.instances.map((instance): Candidate => {
        const limits = { limitMs: tokenizeLimitMs };
        const named = { instance_id: instance.id };
        return {
          instance: { ...instance, id: instanceName(instance.id, node, nodes) },
          ownId: instance.id,
          here: false,
          latency: expectedLatency(instance, node.roundTripMs, node.document.requests),
          wake: () => wakeElsewhere(cluster, node.id, instance.id),
          generate: (request) => remote.generate({ ...request, peerId: node.id, instanceId: instance.id }),
          tokenize: async (params) =>
            (await cluster.request(node.id, peerTokenizeRequest, { ...params, ...named }, limits)).tokens,
          detokenize: async (tokens) => {
            const params = { tokens: [...tokens], ...named };
            return (await cluster.request(node.id, peerDetokenizeRequest, params, limits)).text;
          },
        };
      }),
    );
    return [...own, ...others];
  }

  function look(name: string): Answering {
    const found = (name === '' ? completing() : named(name)).sort(
      (a, b) =>
        readiness(b.instance) - readiness(a.instance) ||
        Number(b.here) - Number(a.here) ||
        a.latency - b.latency,
    );
    const [best] = found;
    if (best === undefined) return notPlaced(name);
    const { instance } = best;
    if (instance.state === 'ready') return { kind: 'ready', answerer: best };
    if (instance.state === 'idle') best.wake();
    return { kind: 'not ready', instance };
  }

  function completing(): Candidate[] {
    const now = nearest.current();
    const all = candidates();
    if (now === null) return all;
    return all.filter(
      ({ instance, ownId }) => ownId === now.instanceId && instance.node_id === (now.nodeId ?? nodeId),
    );
  }

  function named(name: string): Candidate[] {
    return candidates().filter(
      ({ instance }) => instance.id === name || instance.model.name === name || instance.model.id === name,
    );
  }

  function notPlaced(name: string): Answering {
    const own = models.list();
    const known = own.find((model) => model.id === name || model.name === name);
    if (known) return { kind: 'not placed', modelId: known.id };
    const far = modelsElsewhere(own, onlineNodes(cluster)).find((model) => model.name === name);
    return far ? { kind: 'not placed', modelId: far.name } : { kind: 'unknown' };
  }

  return {
    find(name, signal) {
      return new Promise((fulfil) => {
        const settle = (answer: Answering) => {
          for (const stop of stops) stop();
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          fulfil(answer);
        };
        const giveUp = () => settle(look(name));
        const watch = () => {
          const now = look(name);
          if (now.kind !== 'not ready' || now.instance.state === 'failed') settle(now);
        };
        const timer = setTimeout(giveUp, patienceMs);
        const stops = [instances.onChange(watch), cluster.onChange(watch)];
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted) giveUp();
        else watch();
      });
    },
    list() {
      const byName = new Map<string, Instance[]>();
      for (const { instance } of candidates())
        byName.set(instance.model.name, [...(byName.get(instance.model.name) ?? []), instance]);
      const own: Pick<ModelRef, 'name'>[] = models.list();
      const far = modelsElsewhere(models.list(), onlineNodes(cluster));
      for (const { name } of [...own, ...far]) if (!byName.has(name)) byName.set(name, []);
      return [...byName].map(([name, placed]) => ({ name, instances: placed }));
    },
  };
}

/** Other machines ask for tokens of instances of this one. */
export function serveTokenizing(
  cluster: Pick<Cluster, 'handle'>,
  instances: Pick<Instances, 'tokenize' | 'detokenize'>,
): void {
  cluster.handle(peerTokenizeRequest, async ({ instance_id, ...params }) => ({
    tokens: await instances.tokenize(instance_id, params),
  }));
  cluster.handle(peerDetokenizeRequest, async ({ instance_id, tokens }) => ({
    text: await instances.detokenize(instance_id, tokens),
  }));
}

/** One that has failed on this machine does not hide another one that will be ready. */
function readiness({ state }: Instance): number {
  if (state === 'ready') return 2;
  return state === 'failed' ? 0 : 1;
}
