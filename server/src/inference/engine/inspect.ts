/** The dry run: what a model file says about itself, and the memory that it would need. Nothing is allocated for it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { GgufInsights, Llama } from 'node-llama-cpp';
import type { Backend, ModelFacts, ModelNeed, ToEngine } from '#protocol';
import { kvCacheTypeNames, planContext, SWA_FULL_CACHE } from './context-plan';
import { ModelFileError } from './file-error';
import { findFimTokens, vocabularyOf } from './fim';
import { activeShare, blockWeights, outerWeights, readGgufFacts } from './gguf-facts';
import { scanHeaders } from './header-scan';
import { kvShape } from './kv-shape';
import { LOG_LAG_MS, startLlama } from './llama';
import { classifyLoadFailure } from './load-failure';
import { type DryRun, dryRunsFor, type NeedParts, needFromDryRuns, needWithoutGpu } from './memory-need';

export type InspectRequest = Extract<ToEngine, { type: 'inspect' }>;

export interface Inspection {
  readonly facts: ModelFacts;
  readonly need: ModelNeed;
}

export interface DryRunner {
  /** @throws ModelFileError */
  inspect(request: InspectRequest): Promise<Inspection>;
}

/** Bytes of one probability. */
const LOGIT = 4;
/** node-llama-cpp goes on with a rough formula when llama.cpp's dry run fails: its log is the only sign. */
const GUESSED = /Falling back to estimation heuristic/;

/**
 * llama.cpp on this backend, ready for one inspection after the other.
 * @throws Error when the backend cannot be used here.
 */
export async function createDryRunner(backend: Backend, log: (message: string) => void): Promise<DryRunner> {
  let complaints: string[] = [];
  const llama = await startLlama(backend, 'warn', (level, message) => {
    log(message.trim());
    if (level === 'error' || level === 'fatal' || GUESSED.test(message)) complaints.push(message);
  });

  return {
    async inspect(request) {
      complaints = [];
      try {
        const inspection = await inspectFile(llama, request);
        await delay(LOG_LAG_MS);
        if (complaints.some((line) => GUESSED.test(line))) throw new Error('Failed to load model');
        return inspection;
      } catch (error) {
        await delay(LOG_LAG_MS);
        if (error instanceof ModelFileError) throw error;
        const words = error instanceof Error ? error.message : String(error);
        throw new ModelFileError(inWords(request.backend, complaints, words));
      }
    },
  };
}

function inWords(backend: Backend, complaints: readonly string[], error: string): string {
  const cause = complaints.filter((line) => !GUESSED.test(line));
  return classifyLoadFailure('model', backend, [...cause, error]).message;
}

async function inspectFile(llama: Llama, request: InspectRequest): Promise<Inspection> {
  const { GgufInsights, GgmlType, readGgufFileInfo } = await import('node-llama-cpp');
  scanHeaders(request.model_path);
  const info = await readGgufFileInfo(request.model_path, { sourceType: 'filesystem', logWarnings: false });
  const file = readGgufFacts(info);
  const insights = await GgufInsights.from(info, llama);
  if (!insights.isSupportedByLlamaCpp) throw new Error(`unknown model architecture: '${file.architecture}'`);
  if (request.kv_cache_type !== 'f16' && !insights.flashAttentionSupported)
    throw new ModelFileError(`This model cannot have its KV cache as ${request.kv_cache_type}. Choose f16.`);

  const plan = planContext(request.context_size, file.contextSize, true);
  const weights = outerWeights(file.tensors);
  const sizes = await measure(insights, request, file.contextSize, {
    blockWeights: blockWeights(file),
    inputTensorBytes: weights.input,
    outputTensorBytes: weights.output,
    kvShape: kvShape(file.blocks, request.kv_cache_type, (modelGpuLayers, type) => {
      const needs = insights.estimateContextResourceRequirements({
        ...plan,
        modelGpuLayers,
        sequences: request.sequences,
        flashAttention: insights.flashAttentionSupported,
        includeGraphOverhead: false,
        swaFullCache: SWA_FULL_CACHE,
        kvCacheKeyType: GgmlType[type],
        kvCacheValueType: GgmlType[type],
      });
      return needs.gpuVram;
    }),
    outputBuffer: file.vocabularySize * request.sequences * LOGIT,
  });

  const type = insights.dominantTensorType;
  return {
    facts: {
      architecture: file.architecture,
      layers: file.blocks + 1,
      context_size: file.contextSize,
      embedding_size: file.embeddingSize,
      parameters: insights.totalParameters,
      active_share: activeShare(file),
      quantization: type === undefined ? null : (GgmlType[type] ?? null),
      fim: await readFimTokens(llama, request.model_path),
      chat_template: file.chatTemplate,
    },
    need: {
      context_size: plan.contextSize,
      sequences: request.sequences,
      kv_cache_type: request.kv_cache_type,
      ...sizes,
    },
  };
}

/** All dry runs, one after the other: each reads the vocabulary anew, so there are few. */
async function measure(
  insights: GgufInsights,
  request: InspectRequest,
  trained: number,
  parts: NeedParts,
): Promise<ReturnType<typeof needFromDryRuns>> {
  const { GgmlType } = await import('node-llama-cpp');
  const kvCacheType = GgmlType[kvCacheTypeNames[request.kv_cache_type]];
  const runContext = (modelGpuLayers: number, onGpu: boolean): Promise<DryRun> =>
    insights.estimateContextResourceRequirementsV2({
      ...planContext(request.context_size, trained, onGpu),
      modelGpuLayers,
      sequences: request.sequences,
      flashAttention: insights.flashAttentionSupported ? 'auto' : false,
      swaFullCache: SWA_FULL_CACHE,
      kvCacheKeyType: kvCacheType,
      kvCacheValueType: kvCacheType,
    });

  if (request.backend === 'cpu') return needWithoutGpu(parts, await runContext(0, false));
  const layers = parts.blockWeights.length + 1;
  const context = new Map<number, DryRun>();
  for (const onGpu of dryRunsFor(layers)) context.set(onGpu, await runContext(onGpu, true));
  return needFromDryRuns(parts, {
    model: await insights.estimateModelResourceRequirementsV2({ gpuLayers: layers }),
    context,
    cpuContext: await runContext(1, false),
  });
}

/** By the very rule that the engine follows, on the vocabulary alone. */
async function readFimTokens(llama: Llama, modelPath: string): Promise<ModelFacts['fim']> {
  const model = await llama.loadModel({
    modelPath,
    vocabOnly: true,
    gpuLayers: 0,
    ignoreMemorySafetyChecks: true,
  });
  try {
    return findFimTokens(vocabularyOf(model));
  } finally {
    await model.dispose();
  }
}
