/**
 * Who completes? The instance that is expected to answer first and best: one that somebody chose before one that is
 * there by default, this machine before others, then the lowest expected latency. When a far one dies in the middle of
 * a completion, another one with the same model writes on from where it stopped.
 */
import type { FimSegment, GenerationStats, Instance } from '#protocol';
import type { Cluster } from '../cluster';
import type { CompletionModel, GenerateRequest } from '../completion';
import type { PlacedModel } from '../instances';
import { onlineNodes } from './online-nodes';
import { wakeElsewhere } from './waking';

/** Tokens of a usual completion, and what is assumed of an instance that was never measured. */
const usualTokens = 24;
const assumedTokensPerSecond = 50;

export interface RemoteRequest extends GenerateRequest {
  readonly peerId: string;
  readonly instanceId: string;
}

export interface OwnGeneration extends AsyncIterable<string> {
  readonly done: Promise<{ readonly stats: GenerationStats }>;
}

/** What is needed of a model that is placed here. */
export interface OwnModel extends Pick<PlacedModel, 'id' | 'model' | 'placedBy' | 'state' | 'snapshot'> {
  generate(request: Omit<GenerateRequest, 'onCost'>): OwnGeneration;
}

export interface NearestParts {
  readonly instances: {
    forCompletion(): OwnModel | null;
    readyForCompletion(signal: AbortSignal): Promise<OwnModel | null>;
  };
  readonly cluster: Pick<Cluster, 'nodes' | 'onChange' | 'request'>;
  generateRemotely(request: RemoteRequest): AsyncIterable<string>;
}

/** Something that can complete now. */
interface Target {
  /** `null`: this machine. */
  readonly nodeId: string | null;
  readonly instanceId: string;
  /** An idle model answers, too, once it has been woken. */
  readonly idle: boolean;
  readonly modelName: string;
  readonly model: CompletionModel;
}

export interface Nearest {
  /**
   * The best that can answer now; waits while this machine's own model is loading. `null`: none will be, or aborted. An idle
   * one of another machine is brought back; until it is there, the next best answers.
   */
  readyForCompletion(signal: AbortSignal): Promise<CompletionModel | null>;
  /** The best that can answer at once; `null`: none, or only one that must be woken. */
  readyNow(): CompletionModel | null;
  /** Which it would be now; `null`: none can answer yet. */
  current(): Pick<Target, 'nodeId' | 'instanceId'> | null;
}

export function createNearest({ instances, cluster, generateRemotely }: NearestParts): Nearest {
  async function readyForCompletion(signal: AbortSignal): Promise<CompletionModel | null> {
    const now = choice();
    if (now !== null && !now.idle) return lasting(now);
    if (now?.nodeId) wakeElsewhere(cluster, now.nodeId, now.instanceId);
    const own = await ownOrRemote(signal);
    return own === null ? null : lasting(own);
  }

  function choice(): Target | null {
    const own = instances.forCompletion();
    const answers = own?.state === 'ready' || own?.state === 'idle' ? ownTarget(own) : null;
    if (own?.placedBy === 'user' && answers !== null) return answers;
    const [remote] = remoteTargets(cluster, generateRemotely);
    return remote?.chosen ? remote.target : (answers ?? remote?.target ?? null);
  }

  /** `null`: also one that must be woken first, by whoever waits for it. */
  function best(): Target | null {
    const target = choice();
    return target?.idle ? null : target;
  }

  /** Whichever comes first: this machine's own model, or one of another machine. */
  async function ownOrRemote(signal: AbortSignal): Promise<Target | null> {
    const decided = new AbortController();
    const giveUp = () => decided.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      const own = instances.readyForCompletion(decided.signal).then((placed) => placed && ownTarget(placed));
      return await new Promise<Target | null>((fulfil) => {
        const stop = cluster.onChange(() => {
          const found = best();
          if (found !== null) settle(found);
        });
        const settle = (target: Target | null) => {
          stop();
          fulfil(target);
        };
        own.then(settle, () => settle(null));
      });
    } finally {
      signal.removeEventListener('abort', giveUp);
      decided.abort();
    }
  }

  /** The same model, but it does not end with the machine that runs it as long as another one has it, too. */
  function lasting(first: Target): CompletionModel {
    return { ...first.model, generate: (request) => writeOn(first, request) };
  }

  async function* writeOn(first: Target, request: GenerateRequest): AsyncGenerator<string> {
    const failed = new Set<string>();
    let target: Target = first;
    let written = '';
    let retried = false;
    /** An engine of this machine comes back by itself, where it can: once is waited for that. */
    const again = async ({ nodeId, modelName }: Target): Promise<Target | null> => {
      if (nodeId !== null || retried) return null;
      retried = true;
      // Whoever watches over the engine hears of its death in the same moment.
      await new Promise((fulfil) => setImmediate(fulfil));
      // Another machine may be quicker to answer, but with another model.
      const back = await instances.readyForCompletion(request.signal);
      return back?.model.name === modelName ? ownTarget(back) : null;
    };
    for (;;) {
      try {
        for await (const text of target.model.generate(continued(request, written))) {
          written += text;
          yield text;
        }
        return;
      } catch (error) {
        failed.add(keyOf(target));
        const next = request.signal.aborted ? null : (substitute(target, failed) ?? (await again(target)));
        if (next === null) throw error;
        target = next;
      }
    }
  }

  function substitute({ modelName }: Target, failed: ReadonlySet<string>): Target | null {
    const own = instances.forCompletion();
    const all = [
      ...(own?.state === 'ready' ? [ownTarget(own)] : []),
      ...remoteTargets(cluster, generateRemotely).map(({ target }) => target),
    ];
    return (
      all.find((target) => target.modelName === modelName && !target.idle && !failed.has(keyOf(target))) ??
      null
    );
  }

  function readyNow(): CompletionModel | null {
    const now = best();
    return now === null ? null : lasting(now);
  }

  return { readyForCompletion, readyNow, current: choice };
}

/** Tells the instances of all machines apart. */
function keyOf({ nodeId, instanceId }: Target): string {
  return `${nodeId ?? ''}/${instanceId}`;
}

function ownTarget(placed: OwnModel): Target {
  const { id, model } = placed;
  return {
    nodeId: null,
    instanceId: id,
    idle: placed.state === 'idle',
    modelName: model.name,
    model: completionModel(placed.snapshot(), ({ onCost, ...request }) => {
      const generation = placed.generate(request);
      // A failure is told to the one who iterates.
      generation.done.then(
        ({ stats }) => onCost(stats),
        () => {},
      );
      return generation;
    }),
  };
}

/** Ready ones and idle ones, best first. */
function remoteTargets(
  cluster: NearestParts['cluster'],
  generateRemotely: NearestParts['generateRemotely'],
): { readonly target: Target; readonly chosen: boolean }[] {
  const found = onlineNodes(cluster).flatMap(({ id: peerId, roundTripMs, document }) =>
    document.instances
      // Of an idle one it is not said what tokens it has; what has none is not placed for completion.
      .filter(
        ({ state, role, fim }) =>
          role === 'completion' && (state === 'idle' || (state === 'ready' && fim !== null)),
      )
      .map((instance) => ({
        chosen: instance.placed_by === 'user',
        latency: expectedLatency(instance, roundTripMs, document.requests),
        target: {
          nodeId: peerId,
          instanceId: instance.id,
          idle: instance.state === 'idle',
          modelName: instance.model.name,
          model: completionModel(instance, (request) =>
            generateRemotely({ ...request, peerId, instanceId: instance.id }),
          ),
        },
      })),
  );
  return found.sort(
    (a, b) =>
      Number(b.chosen) - Number(a.chosen) ||
      Number(a.target.idle) - Number(b.target.idle) ||
      a.latency - b.latency,
  );
}

/** ms until a usual completion has come, when so many are before it. */
export function expectedLatency(
  { tokens_per_second, placement, sequences }: Instance,
  roundTripMs: number | null,
  requests: number,
): number {
  const speed = tokens_per_second ?? placement?.decode_tokens_per_second ?? assumedTokensPerSecond;
  const writing = (usualTokens / Math.max(speed, 1)) * 1000;
  const waiting = Math.max(0, requests - (sequences ?? 1) + 1) * writing;
  return (roundTripMs ?? 100) + waiting + writing;
}

function completionModel(
  { model, fim, context_size, batch_size }: Instance,
  generate: CompletionModel['generate'],
): CompletionModel {
  return {
    // The same file writes the same wherever it runs.
    key: `${model.name}:${model.size_bytes}`,
    name: model.name,
    fim,
    contextSize: context_size ?? 0,
    batchSize: batch_size ?? 0,
    generate,
  };
}

/** What was written already is part of what is to be gone on with. */
function continued(request: GenerateRequest, written: string): GenerateRequest {
  if (written === '') return request;
  const soFar: FimSegment = { kind: 'text', text: written, max_tokens: request.maxTokens, keep: 'end' };
  return { ...request, prompt: [...request.prompt, soFar] };
}
