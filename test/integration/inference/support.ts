/** What the tests of real engines share: the embedded model, prompts for it, and a log that can be read. */
import path from 'node:path';
import pino from 'pino';
import type { GenerationResult, PromptSegment } from '#protocol';
import {
  type Engine,
  type EngineRequest,
  findNativeLibrary,
  type NativeLibrary,
  type StartEngineOptions,
  startEngine,
} from '../../../server/src/inference';

export const enginePath = path.resolve('dist/engine.js');
export const tinyModel = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');
/** That was compiled before the tests. */
export const native: NativeLibrary = (() => {
  const found = findNativeLibrary(path.resolve('dist'));
  if ('problem' in found) throw new Error(found.problem);
  return found;
})();
/** Loading is quick, but a test machine may be busy. */
export const PATIENCE_MS = 60_000;

export interface ReadableLog {
  readonly logger: pino.Logger;
  readonly lines: string[];
}

export function readableLog(): ReadableLog {
  const lines: string[] = [];
  const write = (line: string) => lines.push(JSON.parse(line).msg);
  return { logger: pino({ level: 'info' }, { write }), lines };
}

export function start(changes: Partial<StartEngineOptions> = {}): Promise<Engine> {
  return startEngine({
    modelPath: tinyModel,
    backends: ['cpu'],
    cudaExpected: false,
    native,
    plan: { gpuLayers: 0, gpus: [] },
    kvCacheType: 'f16',
    contextSize: 1024,
    sequences: 4,
    programSequences: 3,
    log: pino({ level: 'silent' }),
    onProgress: () => {},
    signal: new AbortController().signal,
    enginePath,
    ...changes,
  });
}

export function text(content: string, keep: 'start' | 'end' = 'end', maxTokens = 100_000): PromptSegment {
  return { kind: 'text', text: content, max_tokens: maxTokens, keep };
}

/** Suffix first, as the embedded model was trained. */
export function infill(prefix: string, suffix: string): PromptSegment[] {
  const special = (token: string): PromptSegment => ({ kind: 'special', token });
  return [special('<|fim_suffix|>'), text(suffix, 'start'), special('<|fim_prefix|>'), text(prefix)];
}

/** The model goes on with this for as long as it may. */
export const endless = infill('import * as fs from ', '');

export function request(prompt: PromptSegment[], changes: Partial<EngineRequest> = {}): EngineRequest {
  const { signal } = new AbortController();
  return {
    prompt,
    maxTokens: 24,
    temperature: 0,
    seed: 0,
    priority: 'user',
    affinity: 'test.ts',
    signal,
    ...changes,
  };
}

/** The whole text of a generation, and how it ended. */
export async function complete(
  engine: Engine,
  prompt: PromptSegment[],
  changes: Partial<EngineRequest> = {},
): Promise<GenerationResult & { text: string }> {
  const generation = engine.generate(request(prompt, changes));
  let whole = '';
  for await (const piece of generation) whole += piece;
  return { text: whole, ...(await generation.done) };
}
