/** Brings a model into memory on one backend, just as it was planned, and finds out how it runs best there. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import type { EngineBuffer, FromEngine, LoadedModel, LoadFailure, ToEngine } from '#protocol';
import { parseBuffers } from './buffers';
import { type ChatTemplate, createChatTemplate } from './chat-template';
import { kvCacheTypeNames, planContext, SWA_FULL_CACHE } from './context-plan';
import { ModelFileError } from './file-error';
import { findFimTokens, vocabularyOf } from './fim';
import { scanHeaders } from './header-scan';
import { LOG_LAG_MS, startLlama, usableCores } from './llama';
import { classifyLoadFailure, type LoadStage } from './load-failure';
import { createLogFollower } from './log-follower';
import { fastestThreads, threadCandidates } from './threads';
import { toolFormatOf } from './tool-format';

export type LoadRequest = Extract<ToEngine, { type: 'load' }>;
type Log = Extract<FromEngine, { type: 'log' }>;

export interface Loaded {
  readonly model: LlamaModel;
  readonly chatTemplate: ChatTemplate | null;
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

/** With every layer on the GPU, the CPU only looks up embeddings. */
const THREADS_BESIDE_GPU = 1;
/** How much memory is needed was worked out before, for these very sizes: node-llama-cpp shall not make them smaller. */
const AS_PLANNED = { ignoreMemorySafetyChecks: true } as const;

/** @throws EngineLoadError in the user's words. */
export async function load(
  request: LoadRequest,
  hooks: { progress(fraction: number): void; log(level: Log['level'], message: string): void },
): Promise<Loaded> {
  const complaints: string[] = [];
  const buffers: EngineBuffer[] = [];
  const follower = createLogFollower();
  const isKnown = (kind: EngineBuffer['kind']) => buffers.some((buffer) => buffer.kind === kind);
  let stage: LoadStage = 'backend';
  try {
    const llama = await startLlama(request.backend, 'info', (level, message) => {
      if (level === 'error' || level === 'fatal') complaints.push(message);
      hooks.log(level === 'error' || level === 'fatal' ? 'warn' : 'debug', message.trim());
      buffers.push(...parseBuffers(message));
      follower.heard();
    });
    stage = 'model';
    scanHeaders(request.model_path);
    const model = await llama.loadModel({
      modelPath: request.model_path,
      gpuLayers: request.gpu_layers,
      onLoadProgress: hooks.progress,
      defaultContextSwaFullCache: SWA_FULL_CACHE,
      ...AS_PLANNED,
    });
    await follower.caughtUp(() => isKnown('weights'));
    stage = 'context';
    const context = await createContext(llama, model, request);
    const sequences = Array.from({ length: request.sequences }, () => context.getSequence());
    const tokenTime = await chooseThreads(llama, model, sequences[0]);
    await follower.caughtUp(() => isKnown('compute'));
    return {
      model,
      chatTemplate: chatTemplateOf(model),
      sequences,
      tokenTime,
      info: await describe(llama, model, context, buffers),
    };
  } catch (error) {
    if (error instanceof ModelFileError) throw new EngineLoadError('model', error.message);
    await delay(LOG_LAG_MS);
    const words = [...complaints, error instanceof Error ? error.message : String(error)];
    const { reason, message } = classifyLoadFailure(stage, request.backend, words);
    throw new EngineLoadError(reason, message);
  }
}

function chatTemplateOf(model: LlamaModel): ChatTemplate | null {
  const source = templateSource(model);
  if (source === null) return null;
  const { bosString: bos, eosString: eos } = model.tokens;
  const isSpecial = (text: string) => model.tokenize(text, true).some((token) => model.isSpecialToken(token));
  return createChatTemplate(source, { bos, eos, isSpecial });
}

function templateSource({ fileInfo }: LlamaModel): string | null {
  const source = fileInfo.metadata.tokenizer?.chat_template;
  return source === undefined || source.trim() === '' ? null : source;
}

async function createContext(llama: Llama, model: LlamaModel, request: LoadRequest): Promise<LlamaContext> {
  const kvCacheType = kvCacheTypeNames[request.kv_cache_type];
  return await model.createContext({
    ...planContext(request.context_size, model.trainContextSize, model.gpuLayers > 0),
    ...AS_PLANNED,
    failedCreationRemedy: false,
    sequences: request.sequences,
    experimentalKvCacheKeyType: kvCacheType,
    experimentalKvCacheValueType: kvCacheType,
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

/** A device of another machine is named by its endpoint: see native/registry.cpp. */
function isHere(device: string): boolean {
  return !/^\d+:0$/.test(device);
}

async function describe(
  llama: Llama,
  model: LlamaModel,
  context: LlamaContext,
  buffers: EngineBuffer[],
): Promise<LoadedModel> {
  return {
    architecture: model.architecture,
    devices: model.gpuLayers > 0 ? (await llama.getGpuDeviceNames()).filter(isHere) : [],
    layers: model.fileInsights.totalLayers,
    layers_on_gpu: model.gpuLayers,
    context_size: context.contextSize,
    trained_context_size: model.trainContextSize,
    batch_size: context.batchSize,
    sequences: context.totalSequences,
    threads: llama.maxThreads,
    fim: findFimTokens(vocabularyOf(model)),
    chat_template: chatTemplateOf(model) !== null,
    tool_format: toolFormatOf(templateSource(model) ?? ''),
    buffers,
  };
}
