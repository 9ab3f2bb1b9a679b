/** Instances over engines that a test plays: each start waits until the test says how it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { GenerationStats, LoadedModel, ModelRef } from '#protocol';
import { type Engine, type Generation, Instances, type StartEngine } from '../../../server/src/instances';

const loaded: LoadedModel = {
  architecture: 'llama',
  devices: [],
  layers: 6,
  layers_on_gpu: 0,
  context_size: 1024,
  trained_context_size: 1024,
  batch_size: 512,
  sequences: 4,
  threads: 1,
  fim: null,
};
const stats: GenerationStats = {
  prompt_tokens: 10,
  reused_tokens: 0,
  evaluated_tokens: 10,
  generated_tokens: 5,
  first_token_ms: 1,
  total_ms: 2,
  tokens_per_second: 100,
};

/** One start of an engine, as the instance asked for it. */
export interface Start {
  readonly model: string;
  readonly contextSize: number;
  readonly signal: AbortSignal;
  progress(fraction: number): void;
  succeed(): void;
  fail(message: string): void;
  /** After `succeed`: the process dies. */
  die(message?: string): void;
  /** Whether the engine was told to end. */
  stopped(): boolean;
}

export interface Scripted {
  readonly instances: Instances;
  readonly starts: Start[];
  readonly warnings: string[];
  /** How often someone was told of a change. */
  changes(): number;
  remove(): void;
}

const models: ModelRef[] = ['tiny', 'large', 'other'].map((id) => ({
  id,
  name: id,
  path: `/models/${id}.gguf`,
  size_bytes: 1,
  embedded: id === 'tiny',
}));

/** @param folder where placements are noted; a fresh one otherwise. `tiny` is the default model. */
export function scripted(folder = mkdtempSync(path.join(os.tmpdir(), 'vm-')), known = models): Scripted {
  const starts: Start[] = [];
  const warnings: string[] = [];
  const startEngine: StartEngine = ({ modelPath, contextSize, signal, onProgress }) =>
    new Promise<Engine>((fulfil, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      let exit: (how: { message: string; expected: boolean }) => void = () => {};
      let stopped = false;
      const engine: Engine = {
        pid: 1000 + starts.length,
        backend: 'cpu',
        model: loaded,
        note: null,
        exited: new Promise((settle) => {
          exit = settle;
        }),
        generate: answers,
        async stop() {
          stopped = true;
          exit({ message: 'The engine was stopped.', expected: true });
        },
      };
      starts.push({
        model: path.parse(modelPath).name,
        contextSize,
        signal,
        progress: onProgress,
        succeed() {
          signal.removeEventListener('abort', abort);
          fulfil(engine);
        },
        fail: (message) => reject(new Error(message)),
        stopped: () => stopped,
        die: (message = 'The engine was killed.') => exit({ message, expected: false }),
      });
    });
  const instances = new Instances({
    startEngine,
    findModel(id) {
      const model = known.find((candidate) => candidate.id === id);
      if (!model) throw new Error(`There is no model "${id}".`);
      return model;
    },
    defaultModelId: 'tiny',
    placementsFile: path.join(folder, 'placements.json'),
    log: pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line).msg) }),
  });
  let changes = 0;
  instances.onChange(() => {
    changes += 1;
  });
  return {
    instances,
    starts,
    warnings,
    changes: () => changes,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function answers(): Generation {
  return {
    done: Promise.resolve({ reason: 'end', stats }),
    async *[Symbol.asyncIterator]() {
      yield 'text';
    },
  };
}

/** Lets everything that is due happen. */
export async function calm(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((wake) => setImmediate(wake));
}
