/**
 * Asks a child process what a model file says about itself and how much memory it would need. The file may be damaged
 * or made to harm: then the child grows, hangs or dies, and the next question gets a fresh one.
 */
import type { Logger } from 'pino';
import type { Backend, KvCacheType, ModelFacts, ModelNeed } from '#protocol';
import { withEither } from '../either-signal';
import { backendNames } from './backends';
import { LoadError } from './errors';
import type { PlannedGpu } from './gpu-environment';
import { ChildLost, type InspectorChild, startInspectorChild } from './inspector-child';
import { checkModelFile } from './model-file';
import { environmentFor } from './process-environment';
import type { FetchedRuntime } from './variants';

export interface InspectorRequest {
  readonly modelPath: string;
  /** Tokens per sequence, at most. */
  readonly contextSize: number;
  readonly sequences: number;
  readonly kvCacheType: KvCacheType;
}

export interface ModelInspection {
  readonly facts: ModelFacts;
  readonly need: ModelNeed;
}

export interface Inspector {
  /** @throws LoadError in words for the user; the signal's reason when it was aborted. */
  inspect(request: InspectorRequest, signal?: AbortSignal): Promise<ModelInspection>;
  /** How fast the CPU reads RAM, in bytes per second; measured once. */
  memoryBandwidth(): Promise<number>;
  /** Ends the child; whoever still waits gets an error. */
  close(): Promise<void>;
}

/** One of several: of all together llama.cpp tells only the sum. */
export interface AskedGpu {
  /** That computes on it. */
  readonly backend: Backend;
  readonly gpu: PlannedGpu;
}

export interface InspectorOptions {
  /** The bundle that the process runs. */
  readonly enginePath: string;
  readonly log: Logger;
  readonly fetched?: FetchedRuntime;
  /** The GPU to ask, awake; null: there is none. The CPU is asked then, and where the GPU gives no answer. */
  readonly gpu: () => Promise<AskedGpu | null>;
  /** ms for one inspection; default 60,000. */
  readonly timeLimitMs?: number;
  /** ms without a question after which the child ends; default 20,000. */
  readonly idleMs?: number;
}

const TIME_LIMIT_MS = 60_000;
const IDLE_MS = 20_000;
/** ms for which a backend that could not be used is not tried again: its GPU's memory may have been full. */
const UNUSABLE_MS = 60_000;

interface Place {
  readonly backend: Backend;
  readonly gpus: readonly PlannedGpu[];
}

const onCpu: Place = { backend: 'cpu', gpus: [] };

export function createInspector(options: InspectorOptions): Inspector {
  const { enginePath, log, timeLimitMs = TIME_LIMIT_MS, idleMs = IDLE_MS } = options;
  const closing = new AbortController();
  /** Found out not to work here, and until when that is believed. */
  const unusableUntil = new Map<Backend, number>();
  let current: { child: InspectorChild; backend: Backend; key: string } | null = null;
  let idle: NodeJS.Timeout | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let lastId = 0;
  let bandwidth: Promise<number> | null = null;

  const endChild = async () => {
    const ending = current;
    current = null;
    await ending?.child.stop();
  };

  const rest = async () => {
    if (waiting > 0 || current === null) return;
    // on a GPU it holds some VRAM, which whoever places next would miss
    if (current.backend !== 'cpu') await endChild();
    else idle = setTimeout(() => void endChild(), idleMs).unref();
  };

  /** One after the other: they share the child. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    waiting++;
    const result = last.then(async () => {
      clearTimeout(idle);
      try {
        closing.signal.throwIfAborted();
        return await work();
      } finally {
        waiting--;
        await rest();
      }
    });
    last = result.catch(() => {});
    return result;
  };

  const childOn = async ({ backend, gpus }: Place): Promise<InspectorChild> => {
    const key = JSON.stringify([backend, gpus]);
    if (current?.key === key && !current.child.gone) return current.child;
    await endChild();
    const child = startInspectorChild(enginePath, await environmentFor(backend, gpus, options.fetched), log);
    current = { child, backend, key };
    return child;
  };

  /** null: this backend cannot be used here. */
  const inspectOn = async (
    place: Place,
    request: InspectorRequest,
    signal: AbortSignal,
  ): Promise<ModelInspection | null> => {
    const { backend } = place;
    const child = await childOn(place);
    const { modelPath, contextSize: context_size, sequences, kvCacheType: kv_cache_type } = request;
    const id = ++lastId;
    const answer = await child.ask(
      { type: 'inspect', id, model_path: modelPath, backend, context_size, sequences, kv_cache_type },
      timeLimitMs,
      signal,
    );
    if (answer.type === 'inspected') return { facts: answer.facts, need: answer.need };
    if (answer.type === 'inspect_failed') throw new LoadError('model', `${modelPath}: ${answer.message}`);
    if (answer.type === 'load_failed') log.info(`Not used to inspect models: ${answer.message}`);
    unusableUntil.set(backend, Date.now() + UNUSABLE_MS);
    await endChild();
    return null;
  };

  const placesToTry = async (): Promise<Place[]> => {
    const asked = await options.gpu();
    if (asked === null || (unusableUntil.get(asked.backend) ?? 0) > Date.now()) return [onCpu];
    return [{ backend: asked.backend, gpus: [asked.gpu] }, onCpu];
  };

  const inspect = async (request: InspectorRequest, signal: AbortSignal): Promise<ModelInspection> => {
    signal.throwIfAborted();
    await checkModelFile(request.modelPath);
    let failure = new LoadError('backend', 'llama.cpp cannot be used on this machine, not even on its CPU.');
    for (const place of await placesToTry()) {
      try {
        const inspection = await inspectOn(place, request, signal);
        if (inspection !== null) return inspection;
      } catch (error) {
        // of a death the backend may be as guilty as the file: the next one tells
        if (!(error instanceof ChildLost)) throw error;
        failure = describeLoss(request.modelPath, error, timeLimitMs);
        if (error.tookTooLong) break;
        log.warn(`Inspecting ${request.modelPath} on ${backendNames[place.backend]}: ${error.message}`);
      }
    }
    throw failure;
  };

  return {
    inspect: (request, signal) =>
      inTurn(() =>
        withEither(signal === undefined ? [closing.signal] : [signal, closing.signal], (either) =>
          inspect(request, either),
        ),
      ),
    memoryBandwidth() {
      bandwidth ??= inTurn(async () => {
        const child = await childOn(onCpu);
        const answer = await child.ask({ type: 'measure_memory' }, timeLimitMs, closing.signal);
        if (answer.type !== 'memory_measured') throw new LoadError('backend', 'RAM could not be measured.');
        return answer.bytes_per_second;
      }).catch((error: unknown) => {
        // it may go well the next time
        bandwidth = null;
        throw error;
      });
      return bandwidth;
    },
    async close() {
      closing.abort(new LoadError('backend', 'The host is ending.'));
      await last;
      clearTimeout(idle);
      await endChild();
    },
  };
}

/** It may go well the next time, so it is not held against the file for long. */
class LostInspection extends LoadError {
  readonly transient = true;
}

/** V8's last words when it has had as much as it may. */
const OUT_OF_MEMORY = /heap out of memory|allocation failed|Scavenge|Mark-Compact|last few GCs/i;

/** A file is called damaged only where the child gave up because of what is in it. Whoever is killed has not said a word against it. */
function describeLoss(
  modelPath: string,
  { message, signal, tookTooLong }: ChildLost,
  limitMs: number,
): LoadError {
  if (tookTooLong)
    return new LostInspection(
      'model',
      `${modelPath} could not be inspected within ${limitMs / 1000} s: its disk is very slow or was asleep, or it is damaged. Try again in a minute.`,
    );
  if (OUT_OF_MEMORY.test(message))
    return new LostInspection(
      'model',
      `${modelPath} is damaged: impossible numbers in its header. Fetch it again.`,
    );
  if (signal === 'SIGABRT')
    return new LostInspection('model', `${modelPath} is damaged: ${message} Fetch it again.`);
  return new LostInspection(
    'backend',
    `${modelPath} could not be inspected: ${message} Try again in a minute.`,
  );
}
