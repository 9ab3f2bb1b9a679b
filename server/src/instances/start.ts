/** Brings one model into memory: previews, a lease on the best of them, an engine; the next best when that fails. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type MeasuredMemory,
  type ModelRef,
  type Preview,
  sequencesForPrograms,
  type Wishes,
} from '#protocol';
import { type Engine, failedFor, type StartEngine } from './engine';
import { planOf } from './engine-plan';
import { claimsOf, type Lease, type Leases } from './leases';
import { measuredMemory } from './measured-memory';
import type { Planner } from './planner';
import { createShardMeter, type ShardMeter } from './shard-meter';
import { type Borrow, type Borrowed, newsLagMs } from './shards';

export interface StartParts {
  /** Of this node, the coordinator of all that is placed here. */
  readonly nodeId: string;
  readonly planner: Planner;
  readonly leases: Leases;
  readonly startEngine: StartEngine;
  /** Devices of other nodes. */
  readonly borrow: Borrow;
}

export interface StartRequest {
  readonly model: ModelRef;
  readonly wishes: Wishes;
  /** Id of the preview to start with; `null`: the best. */
  readonly chosen: string | null;
  /** Whether anything else may be tried when the chosen preview cannot be had. */
  readonly onlyChosen: boolean;
  readonly signal: AbortSignal;
  onPlacement(preview: Preview): void;
  onBorrowed(meter: ShardMeter | null): void;
  onProgress(fraction: number): void;
}

export interface Started {
  readonly engine: Engine;
  readonly lease: Lease;
  /** null: all of it is on this node */
  readonly borrowed: Borrowed | null;
  readonly memory: MeasuredMemory[];
  /** What the user should know though it works. */
  readonly note: string | null;
}

/** Rejects, in words, when nothing works: then no lease is left, and no engine. */
export async function start(request: StartRequest, parts: StartParts): Promise<Started> {
  const tried = new Set<string>();
  /** That no backend could use. */
  const brokenGpus = new Set<string>();
  let lastFailure: Error | null = null;
  for (;;) {
    const previews = await parts.planner.previews(request.model, request.wishes);
    request.signal.throwIfAborted();
    const works = (one: Preview) => !ownGpus(one, parts).some((id) => brokenGpus.has(id));
    const preview = nextToTry(previews.filter(works), request, tried);
    if (preview === null) throw lastFailure ?? new Error(refusal(previews, request));
    tried.add(preview.id);
    request.onPlacement(preview);
    try {
      const { engine, lease, borrowed } = await startOn(preview, request, parts, brokenGpus.size > 0);
      return {
        engine,
        lease,
        borrowed,
        memory: measuredMemory(preview, engine, parts),
        note: noteOn(engine, preview, previews, request, lastFailure),
      };
    } catch (error) {
      const isOfBackend = failedFor('backend', error);
      // What another size or place cannot mend is not tried again.
      if (!(error instanceof Refused) && !failedFor('memory', error) && !isOfBackend) throw error;
      if (isOfBackend) for (const id of ownGpus(preview, parts)) brokenGpus.add(id);
      lastFailure = error as Error;
    }
  }
}

/** The owner of a device said no, or is no longer there. */
class Refused extends Error {
  override readonly name = 'Refused';
}

async function startOn(
  preview: Preview,
  { model, wishes, signal, onProgress, onBorrowed }: StartRequest,
  parts: StartParts,
  gpuFailed: boolean,
): Promise<Pick<Started, 'engine' | 'lease' | 'borrowed'>> {
  const { nodeId, leases, startEngine, borrow } = parts;
  const lease = await orRefused(async () => leases.grant(model.path, claimsOf(preview, nodeId)));
  const remote = preview.shares.filter((share) => share.node_id !== nodeId);
  let borrowed: Borrowed | null = null;
  try {
    if (remote.length > 0)
      borrowed = await orRefused(() => borrow({ model: model.name, shares: remote, signal }));
    const meter = borrowed === null ? null : createShardMeter(borrowed, () => performance.now());
    onBorrowed(meter);
    const engine = await unlessLost(borrowed, signal, (alive) =>
      startEngine({
        modelPath: model.path,
        plan: planOf(preview, nodeId, borrowed),
        contextSize: preview.context_size,
        sequences: preview.sequences,
        programSequences: sequencesForPrograms(wishes.role, preview.sequences),
        kvCacheType: wishes.kv_cache_type,
        insteadOfGpu: gpuFailed && ownGpus(preview, parts).length === 0,
        signal: alive,
        onProgress,
      }),
    );
    lease.settle();
    meter?.loaded();
    return { engine, lease, borrowed };
  } catch (error) {
    await borrowed?.release();
    onBorrowed(null);
    lease.release();
    throw error;
  }
}

/** Ids of the GPUs of this node. */
function ownGpus({ shares }: Preview, { nodeId }: StartParts): string[] {
  return shares.flatMap(({ node_id, gpu_index, device_id }) =>
    node_id === nodeId && gpu_index !== null ? [device_id] : [],
  );
}

/** What dies with a shard that is lost is given up for the next preview, as if that shard had been refused. */
async function unlessLost(
  borrowed: Borrowed | null,
  signal: AbortSignal,
  begin: (alive: AbortSignal) => Promise<Engine>,
): Promise<Engine> {
  if (borrowed === null) return begin(signal);
  const over = new AbortController();
  const cancel = () => over.abort(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const lost = borrowed.lost.then((message) => {
    const refused = new Refused(message);
    over.abort(refused);
    return refused;
  });
  try {
    return await begin(over.signal);
  } catch (error) {
    signal.throwIfAborted();
    throw (await Promise.race([lost, delay(newsLagMs)])) ?? error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function orRefused<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error));
  }
}

function nextToTry(
  previews: readonly Preview[],
  { chosen, onlyChosen }: StartRequest,
  tried: ReadonlySet<string>,
): Preview | null {
  const left = previews.filter(({ id, error }) => error === null && !tried.has(id));
  const wanted = tried.size === 0 ? left.find(({ id }) => id === chosen) : undefined;
  return wanted ?? (onlyChosen ? null : (left[0] ?? null));
}

/** Why nothing was tried at all. */
export function refusal(
  previews: readonly Preview[],
  { model, chosen, onlyChosen }: Pick<StartRequest, 'model' | 'chosen' | 'onlyChosen'>,
): string {
  const reasons = previews
    .filter(({ id }) => !onlyChosen || id === chosen)
    .flatMap(({ error }) => error ?? []);
  if (reasons.length === 0)
    return onlyChosen
      ? `The devices of this preview (${chosen}) are not there any more. Look at the previews again.`
      : `${model.name} cannot be placed on any device of this machine.`;
  return [...new Set(reasons)].slice(0, mostReasons).join(' ');
}

const mostReasons = 3;

function noteOn(
  { note }: Engine,
  preview: Preview,
  previews: readonly Preview[],
  { chosen }: StartRequest,
  lastFailure: Error | null,
): string | null {
  const notes = [];
  const obstacle = () => previews.find(({ id }) => id === chosen)?.error ?? 'its devices are not there.';
  if (lastFailure !== null) notes.push(`placed elsewhere than wished: ${lastFailure.message}`);
  else if (chosen !== null && chosen !== preview.id)
    notes.push(`placed elsewhere than wished: ${obstacle()}`);
  else if (preview.kind === 'gpu+cpu')
    notes.push(`${preview.layers_on_gpu} of ${preview.layers} layers on the GPU: VRAM was short`);
  if (note !== null) notes.push(note);
  return notes.length === 0 ? null : notes.join('; ');
}
