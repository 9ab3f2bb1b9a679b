/** Brings a model into memory on one backend, and finds out how it runs best there. */
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel, LlamaOptions } from 'node-llama-cpp';
import type { Backend, FromEngine, LoadedModel, LoadFailure, ToEngine } from '#protocol';
import { findFimTokens, vocabularyOf } from './fim';
import { classifyLoadFailure, type LoadStage } from './load-failure';
import { fastestThreads, threadCandidates } from './threads';

export type LoadRequest = Extract<ToEngine, { type: 'load' }>;
type Log = Extract<FromEngine, { type: 'log' }>;

export interface Loaded {
  readonly model: LlamaModel;
  readonly sequences: readonly LlamaContextSequence[];
  readonly info: LoadedModel;
  /** ms to decode one token on the CPU; null: not measured, all is on the GPU */
  readonly tokenTime: number | null;
}

export class EngineLoadError extends Error {
  override readonly name = 'EngineLoadError';
  readonly reason: LoadFailure;

  constructor(reason: LoadFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** ms by which llama.cpp's log may lag behind its failure. */
const LOG_LAG_MS = 50;
/** Tokens that one decode call evaluates at most. The memory of the compute buffer grows with it. */
const BATCH_SIZE = { gpu: 1024, cpu: 512 };
/** Below this many tokens per sequence, a completion has no context worth the name. */
const SMALLEST_CONTEXT = 512;
/** Without this, a model with a sliding window could not reuse its KV cache between requests. */
const CONTEXT_DEFAULTS = { defaultContextSwaFullCache: true };
/** With every layer on the GPU, the CPU only looks up embeddings. */
const THREADS_BESIDE_GPU = 1;

/** @throws EngineLoadError in the user's words. */
export async function load(
  request: LoadRequest,
  hooks: { progress(fraction: number): void; log(level: Log['level'], message: string): void },
): Promise<Loaded> {
  const complaints: string[] = [];
  let stage: LoadStage = 'backend';
  try {
    const llama = await startLlama(request.backend, (level, message) => {
      if (level === 'error' || level === 'fatal') complaints.push(message);
      hooks.log(level === 'error' || level === 'fatal' ? 'warn' : 'debug', message.trim());
    });
    stage = 'model';
    const model = await loadWeights(llama, request, hooks.progress);
    stage = 'context';
    const context = await createContext(llama, model, request);
    const sequences = Array.from({ length: request.sequences }, () => context.getSequence());
    const tokenTime = await chooseThreads(llama, model, sequences[0]);
    return { model, sequences, tokenTime, info: await describe(llama, model, context) };
  } catch (error) {
    await delay(LOG_LAG_MS);
    const words = [...complaints, error instanceof Error ? error.message : String(error)];
    const { reason, message } = classifyLoadFailure(stage, request.backend, words);
    throw new EngineLoadError(reason, message);
  }
}

async function startLlama(backend: Backend, logger: NonNullable<LlamaOptions['logger']>): Promise<Llama> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    gpu: backend === 'cpu' ? false : backend,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.warn,
    logger,
    maxThreads: usableCores(),
  });
  // a backend that this platform does not know is taken for "auto"
  const actual = llama.gpu === false ? 'cpu' : llama.gpu;
  if (actual !== backend) throw new Error(`llama.cpp chose ${actual} instead`);
  return llama;
}

async function loadWeights(
  llama: Llama,
  { model_path: modelPath, context_size, sequences, offload, backend }: LoadRequest,
  onLoadProgress: (fraction: number) => void,
): Promise<LlamaModel> {
  const options = { modelPath, onLoadProgress, ...CONTEXT_DEFAULTS };
  if (backend === 'cpu') return await llama.loadModel(options);
  const fit = { fitContext: { contextSize: context_size * sequences } };
  const gpuLayers = offload === 1 ? fit : Math.floor((await layersThatFit(llama, modelPath, fit)) * offload);
  return await llama.loadModel({ ...options, gpuLayers });
}

async function layersThatFit(
  llama: Llama,
  modelPath: string,
  fit: { fitContext: { contextSize: number } },
): Promise<number> {
  const { GgufInsights, readGgufFileInfo } = await import('node-llama-cpp');
  const insights = await GgufInsights.from(await readGgufFileInfo(modelPath), llama);
  return (await insights.configurationResolver.resolveModelGpuLayersV2(fit, CONTEXT_DEFAULTS)).gpuLayers;
}

async function createContext(llama: Llama, model: LlamaModel, request: LoadRequest): Promise<LlamaContext> {
  const wanted = Math.min(request.context_size, model.trainContextSize);
  const onGpu = model.gpuLayers > 0;
  return await model.createContext({
    sequences: request.sequences,
    // on a GPU the layers give way first: the host tries again with fewer of them
    contextSize: onGpu ? wanted : { min: Math.min(wanted, SMALLEST_CONTEXT), max: wanted },
    batchSize: Math.min(wanted, onGpu ? BATCH_SIZE.gpu : BATCH_SIZE.cpu),
    threads: llama.maxThreads,
  });
}

/** Sets the number of CPU threads. Answers with the ms that one token takes; null: not measured, all is on the GPU. */
async function chooseThreads(
  llama: Llama,
  model: LlamaModel,
  sequence: LlamaContextSequence | undefined,
): Promise<number | null> {
  const token = model.tokens.bos ?? model.tokens.eos;
  if (model.gpuLayers >= model.fileInsights.totalLayers || sequence === undefined || token === null) {
    llama.maxThreads = THREADS_BESIDE_GPU;
    return null;
  }
  const decodeOne = async (threads: number) => {
    llama.maxThreads = threads;
    await sequence.controlledEvaluate([[token, { generateNext: { token: true } }]]);
  };
  const cores = Math.min(usableCores(), Math.max(1, llama.cpuMathCores));
  const { threads, ms } = await fastestThreads(threadCandidates(cores), decodeOne, () => performance.now());
  llama.maxThreads = threads;
  await sequence.clearHistory();
  return ms;
}

async function describe(llama: Llama, model: LlamaModel, context: LlamaContext): Promise<LoadedModel> {
  return {
    architecture: model.architecture,
    devices: model.gpuLayers > 0 ? await llama.getGpuDeviceNames() : [],
    layers: model.fileInsights.totalLayers,
    layers_on_gpu: model.gpuLayers,
    context_size: context.contextSize,
    trained_context_size: model.trainContextSize,
    batch_size: context.batchSize,
    sequences: context.totalSequences,
    threads: llama.maxThreads,
    fim: findFimTokens(vocabularyOf(model)),
  };
}

/** Cores that this process may use; a container's limit counts where Node knows it. */
function usableCores(): number {
  return Math.max(1, os.availableParallelism());
}
