/**
 * Brings a model into memory as it was planned: one fresh process per backend, because llama.cpp may abort, until one
 * backend works or none is left. Where memory is short nothing else is tried: who planned it decides what is next.
 */
import type { Logger } from 'pino';
import type { Backend, FromEngine, KvCacheType, LoadedModel } from '#protocol';
import { backendNames } from './backends';
import { createEngine, type Engine } from './engine';
import { tellsOfMemory } from './engine/load-failure';
import { startEngineProcess } from './engine-process';
import { LoadError } from './errors';
import type { LoadPlan } from './gpu-environment';
import { backendLines, backendsFor, noteOn, type Reached } from './load-plan';
import { checkModelFile } from './model-file';
import { type NativeLibrary, nativeEnvironment } from './native-library';
import { environmentFor } from './process-environment';
import { createSilenceWatch, type Patience } from './silence-watch';
import type { FetchedRuntime } from './variants';

export interface StartEngineOptions {
  readonly modelPath: string;
  /** What goes where. It is done just so, or not at all. */
  readonly plan: LoadPlan;
  /** In the order to try; as `chooseBackends` says. */
  readonly backends: readonly Backend[];
  /** As `chooseBackends` says. */
  readonly cudaExpected: boolean;
  /** `null`: engines go without, slower on the CPU, and no plan may have a split. */
  readonly native: NativeLibrary | null;
  readonly fetched?: FetchedRuntime;
  /** Tokens per sequence; less only for a model that was trained for less. */
  readonly contextSize: number;
  /** Requests that are decoded side by side. */
  readonly sequences: number;
  /** Of those, how many programs may have at a time; the others are for users. */
  readonly programSequences: number;
  readonly kvCacheType: KvCacheType;
  readonly log: Logger;
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
  /** The bundle that the process runs. */
  readonly enginePath: string;
  /** ms without a word, while it owes one, after which an engine is taken for frozen; default 30,000, less for a split one. */
  readonly silenceLimit?: number;
  /** ms without progress after which loading is given up; default 3 minutes. */
  readonly loadSilenceLimit?: number;
}

const SILENCE_LIMIT_MS = 30_000;
/**
 * An engine whose layers lie on other machines may wait for one that is frozen, for ever. It shows in a multiple of what
 * it has usually taken: no prompt is that much longer than those before.
 */
const SPLIT_PATIENCE: Patience = { mostMs: SILENCE_LIMIT_MS, leastMs: 5000, factor: 20 };
/** A large model on a slow disk moves on at least this often. */
const LOAD_SILENCE_LIMIT_MS = 180_000;

/**
 * Resolves when the model can answer.
 * @throws LoadError in words for the user; the signal's reason when it was aborted.
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  const { log, plan, backends, cudaExpected, signal } = options;
  signal.throwIfAborted();
  await checkModelFile(options.modelPath);

  const failures: string[] = [];
  for (const backend of backendsFor(plan, backends)) {
    signal.throwIfAborted();
    const outcome = await tryToLoad(options, backend);
    if (!(outcome instanceof LoadError)) {
      const reached: Reached = { backend, backends, plan, cudaExpected };
      const { info, warning } = backendLines(reached);
      if (warning !== null) log.warn(warning);
      log.info(info);
      return outcome.ready(noteOn(reached));
    }
    if (outcome.reason !== 'backend') throw outcome;
    const name = backendNames[backend];
    failures.push(`${name}: ${outcome.message}`);
    log.warn(`Loading on ${name} failed. ${outcome.message}`);
  }
  throw new LoadError('backend', failures.join(' ') || 'There is no backend to try.');
}

interface Candidate {
  readonly model: LoadedModel;
  ready(note: string | null): Engine;
}

async function tryToLoad(options: StartEngineOptions, backend: Backend): Promise<Candidate | LoadError> {
  const { signal, onProgress } = options;
  let listen: (message: FromEngine) => void = () => {};
  const process = startEngineProcess({
    enginePath: options.enginePath,
    env: {
      ...(await environmentFor(backend, options.plan.gpus, options.fetched)),
      ...nativeEnvironment(options.native, options.plan.split),
    },
    log: options.log,
    onMessage: (message) => listen(message),
  });

  const limit = options.loadSilenceLimit ?? LOAD_SILENCE_LIMIT_MS;
  let hangs: LoadError | null = null;
  const watch = createSilenceWatch(limit, () => {
    hangs = new LoadError(
      'backend',
      `Loading on ${backendNames[backend]} made no progress for ${limit / 1000} s and was ended.`,
    );
    process.kill(hangs.message);
  });

  watch.begin();
  const outcome = await new Promise<LoadedModel | LoadError>((resolve) => {
    const cancel = () => process.kill();
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    listen = (message) => {
      watch.heard();
      if (message.type === 'progress') onProgress(message.fraction);
      else if (message.type === 'loaded')
        resolve(softwareFailure(backend, message.model.devices) ?? message.model);
      else if (message.type === 'load_failed') resolve(failure(options.modelPath, message));
      else return;
      if (message.type !== 'progress') signal.removeEventListener('abort', cancel);
    };
    void process.exited.then(({ signal: deadly, message }) =>
      resolve(hangs ?? deathWhileLoading(backend, deadly, message)),
    );
    process.send({
      type: 'load',
      model_path: options.modelPath,
      backend,
      gpu_layers: options.plan.gpuLayers,
      context_size: options.contextSize,
      sequences: options.sequences,
      program_sequences: options.programSequences,
      kv_cache_type: options.kvCacheType,
    });
  });
  watch.end();

  if (outcome instanceof LoadError || signal.aborted) {
    await process.stop();
    signal.throwIfAborted();
    return outcome instanceof LoadError ? outcome : new LoadError('backend', 'Loading was cancelled.');
  }
  return {
    model: outcome,
    ready(note) {
      const usual = options.plan.split === undefined ? SILENCE_LIMIT_MS : SPLIT_PATIENCE;
      const silenceLimit = options.silenceLimit ?? usual;
      const { engine, onMessage } = createEngine({
        process,
        backend,
        model: outcome,
        note,
        silenceLimit,
      });
      listen = onMessage;
      return engine;
    },
  };
}

/**
 * A Vulkan driver in software (Mesa's llvmpipe) is slower than the CPU backend, and holds no VRAM. llama.cpp takes it only
 * when it is named by number, as a plan does; only who has named it in the host's environment means it.
 */
function softwareFailure(backend: Backend, devices: readonly string[]): LoadError | null {
  if (backend !== 'vulkan' || process.env.GGML_VK_VISIBLE_DEVICES !== undefined) return null;
  const software = devices.find((name) => /llvmpipe|swiftshader/i.test(name));
  if (software === undefined) return null;
  return new LoadError(
    'backend',
    `Vulkan has only a device in software here (${software}), no driver of the GPU.`,
  );
}

function failure(modelPath: string, failed: Extract<FromEngine, { type: 'load_failed' }>): LoadError {
  const words = failed.reason === 'model' ? `${modelPath}: ${failed.message}` : failed.message;
  return new LoadError(failed.reason, words);
}

/** A GPU backend that dies takes only itself out of the list; on the CPU, the file or the memory is to blame. */
function deathWhileLoading(backend: Backend, signal: string | null, message: string): LoadError {
  if (signal === 'SIGKILL' || tellsOfMemory(message)) return new LoadError('memory', message);
  return new LoadError(backend === 'cpu' ? 'model' : 'backend', `While loading the model: ${message}`);
}
