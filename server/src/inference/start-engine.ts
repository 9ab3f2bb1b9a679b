/**
 * Brings a model into memory: one fresh process per attempt, because llama.cpp may abort, until one attempt works or
 * none is left.
 */
import type { Logger } from 'pino';
import type { Backend, FromEngine, LoadedModel } from '#protocol';
import { backendNames } from './backends';
import { createEngine, type Engine } from './engine';
import { tellsOfMemory } from './engine/load-failure';
import { startEngineProcess } from './engine-process';
import { LoadError } from './errors';
import { type Attempt, backendLines, firstAttempt, nextAttempt, noteOn } from './load-plan';
import { checkModelFile } from './model-file';
import { cudaLibraryFolders } from './shared-libraries';

export interface StartEngineOptions {
  readonly modelPath: string;
  /** In the order to try; as `chooseBackends` says. */
  readonly backends: readonly Backend[];
  /** As `chooseBackends` says. */
  readonly cudaExpected: boolean;
  /** Bytes of all GPUs here; null: unknown or none. */
  readonly vramTotal: number | null;
  /** Tokens per sequence, at most. */
  readonly contextSize: number;
  /** Requests that are decoded side by side. */
  readonly sequences: number;
  readonly log: Logger;
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
  /** The bundle that the process runs. */
  readonly enginePath: string;
  /** ms without a word, while it owes one, after which an engine is taken for frozen; default 30,000. */
  readonly silenceLimit?: number;
}

const SILENCE_LIMIT_MS = 30_000;

/**
 * Resolves when the model can answer.
 * @throws LoadError in words for the user; the signal's reason when it was aborted.
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  const { log, backends, cudaExpected, contextSize, signal } = options;
  signal.throwIfAborted();
  await checkModelFile(options.modelPath, options.vramTotal);

  let attempt = firstAttempt(backends);
  let lastFailure: LoadError | null = null;
  while (attempt !== null) {
    signal.throwIfAborted();
    const outcome = await tryToLoad(options, attempt);
    if (!(outcome instanceof LoadError)) {
      const { info, warning } = backendLines({ attempt, cudaExpected });
      if (warning !== null) log.warn(warning);
      log.info(info);
      const reached = { attempt, model: outcome.model, lastFailure: lastFailure?.reason ?? null };
      return outcome.ready(noteOn({ ...reached, cudaExpected, contextSize }));
    }

    lastFailure = outcome;
    const failed = attempt;
    attempt = nextAttempt(backends, failed, outcome.reason);
    if (attempt !== null)
      log.warn(`${describeAttempt(failed)} failed, next is ${describeAttempt(attempt)}. ${outcome.message}`);
  }
  throw lastFailure ?? new LoadError('backend', 'There is no backend to try.');
}

interface Candidate {
  readonly model: LoadedModel;
  ready(note: string | null): Engine;
}

async function tryToLoad(options: StartEngineOptions, attempt: Attempt): Promise<Candidate | LoadError> {
  const { signal, onProgress } = options;
  let listen: (message: FromEngine) => void = () => {};
  const process = startEngineProcess({
    enginePath: options.enginePath,
    env: attempt.backend === 'cuda' ? await cudaEnvironment() : {},
    log: options.log,
    onMessage: (message) => listen(message),
  });

  const outcome = await new Promise<LoadedModel | LoadError>((resolve) => {
    const cancel = () => process.kill();
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    listen = (message) => {
      if (message.type === 'progress') onProgress(message.fraction);
      else if (message.type === 'loaded') resolve(message.model);
      else if (message.type === 'load_failed') resolve(failure(options.modelPath, message));
      else return;
      if (message.type !== 'progress') signal.removeEventListener('abort', cancel);
    };
    void process.exited.then(({ signal: deadly, message }) =>
      resolve(deathWhileLoading(attempt.backend, deadly, message)),
    );
    process.send({
      type: 'load',
      model_path: options.modelPath,
      backend: attempt.backend,
      offload: attempt.offload,
      context_size: options.contextSize,
      sequences: options.sequences,
    });
  });

  if (outcome instanceof LoadError || signal.aborted) {
    await process.stop();
    signal.throwIfAborted();
    return outcome instanceof LoadError ? outcome : new LoadError('backend', 'Loading was cancelled.');
  }
  return {
    model: outcome,
    ready(note) {
      const silenceLimit = options.silenceLimit ?? SILENCE_LIMIT_MS;
      const { engine, onMessage } = createEngine({
        process,
        backend: attempt.backend,
        model: outcome,
        note,
        silenceLimit,
      });
      listen = onMessage;
      return engine;
    },
  };
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

function describeAttempt({ backend, offload }: Attempt): string {
  const share = offload > 0 && offload < 1 ? ` with ${offload * 100} % of the layers that fit` : '';
  return `Loading on ${backendNames[backend]}${share}`;
}

/** CUDA's runtime is often installed where the loader does not look by itself. */
async function cudaEnvironment(): Promise<NodeJS.ProcessEnv> {
  const folders = await cudaLibraryFolders();
  if (folders.length === 0) return {};
  const known = process.env.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: [...(known ? [known] : []), ...folders].join(':') };
}
