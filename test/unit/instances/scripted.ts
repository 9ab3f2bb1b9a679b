/**
 * Instances over engines and devices that a test plays: each start waits until the test says how it ends, and one GPU
 * and the CPU hold what the test says.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { GenerationStats, LoadedModel, ModelRef, Preview, Share } from '#protocol';
import {
  type Engine,
  type Generation,
  Instances,
  Leases,
  type Planner,
  type StartEngine,
} from '../../../server/src/instances';

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
  chat_template: true,
  tool_format: null,
  buffers: [],
};
const stats: GenerationStats = {
  prompt_tokens: 10,
  reused_tokens: 0,
  evaluated_tokens: 10,
  generated_tokens: 5,
  queue_ms: 0,
  first_token_ms: 1,
  total_ms: 2,
  prefill_tokens_per_second: 1000,
  tokens_per_second: 100,
};

/** One start of an engine, as the instance asked for it. */
export interface Start {
  readonly model: string;
  readonly contextSize: number;
  readonly gpuLayers: number;
  /** A GPU could not be used before. */
  readonly insteadOfGpu: boolean;
  readonly signal: AbortSignal;
  progress(fraction: number): void;
  succeed(): void;
  /** @param reason as the engine names it */
  fail(message: string, reason?: 'backend' | 'memory' | 'model'): void;
  /** After `succeed`: the process dies. */
  die(message?: string): void;
  /** From now on answers end when this does. */
  answer(ended: Promise<void>): void;
  /** From now on the engine takes its time to end: until `die`. */
  linger(): void;
  /** Whether the engine was told to end. */
  stopped(): boolean;
}

export interface Scripted {
  /** Bytes; a test may change them at any time. What engines hold is taken off by the test itself. */
  readonly devices: { gpu: number | null; cpu: number };
  /** Previews are there when this has ended. */
  readonly dryRuns: { ended: Promise<void> };
  /** Bytes that each model needs on whatever device. */
  readonly needs: Record<string, number>;
  readonly learned: { preview: string; decode: number | null; prefill: number | null }[];
  readonly instances: Instances;
  readonly leases: Leases;
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
  const devices: Scripted['devices'] = { gpu: null, cpu: 1000 };
  const dryRuns: Scripted['dryRuns'] = { ended: Promise.resolve() };
  const needs: Record<string, number> = {};
  const learned: Scripted['learned'] = [];
  const freeBytes = (id: string) => (id === 'cpu' ? devices.cpu : devices.gpu);
  const leases = new Leases(freeBytes);
  const planner: Planner = {
    freeBytes,
    heldBytes: () => null,
    learn: ({ id }, speed) => void learned.push({ preview: id, ...speed }),
    async previews({ id, path: owner }, { context_size, sequences, kv_cache_type }) {
      await dryRuns.ended;
      const bytes = needs[id] ?? 10;
      const on = (device: 'gpu' | 'cpu'): Preview => {
        const free = (freeBytes(device) ?? 0) - leases.promised(device, owner) + leases.heldBy(owner, device);
        const onGpu = device === 'gpu';
        return {
          ...emptyPreview,
          id: device,
          model_id: id,
          kind: device,
          shares: [
            {
              ...emptyShare,
              device_id: device,
              device_name: device,
              gpu_index: onGpu ? 0 : null,
              total_bytes: bytes,
            },
          ],
          layers_on_gpu: onGpu ? 6 : 0,
          context_size: context_size ?? 4096,
          sequences,
          kv_cache_type,
          error: bytes <= free ? null : `${device} has ${free} of ${bytes} bytes.`,
        };
      };
      return devices.gpu === null ? [on('cpu')] : [on('gpu'), on('cpu')];
    },
  };
  const startEngine: StartEngine = ({ modelPath, contextSize, plan, insteadOfGpu, signal, onProgress }) =>
    new Promise<Engine>((fulfil, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      let exit: (how: { message: string; expected: boolean }) => void = () => {};
      let stopped = false;
      let lingers = false;
      let answered: Promise<void> = Promise.resolve();
      const engine: Engine = {
        pid: 1000 + starts.length,
        backend: 'cpu',
        model: loaded,
        note: null,
        exited: new Promise((settle) => {
          exit = settle;
        }),
        generate: () => answers(answered),
        tokenize: async () => [],
        detokenize: async () => '',
        async stop() {
          stopped = true;
          if (!lingers) exit({ message: 'The engine was stopped.', expected: true });
          await engine.exited;
        },
      };
      starts.push({
        model: path.parse(modelPath).name,
        contextSize,
        gpuLayers: plan.gpuLayers,
        insteadOfGpu,
        signal,
        progress: onProgress,
        succeed() {
          signal.removeEventListener('abort', abort);
          fulfil(engine);
        },
        fail: (message, reason = 'model') => reject(Object.assign(new Error(message), { reason })),
        answer(ended) {
          answered = ended;
        },
        linger() {
          lingers = true;
        },
        stopped: () => stopped,
        die: (message = 'The engine was killed.') => exit({ message, expected: false }),
      });
    });
  const instances = new Instances({
    nodeId: 'this-node',
    planner,
    leases,
    startEngine,
    borrow: () => Promise.reject(new Error('Nobody lends anything.')),
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
    devices,
    dryRuns,
    needs,
    learned,
    instances,
    leases,
    starts,
    warnings,
    changes: () => changes,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const emptyShare: Share = {
  node_id: 'this-node',
  node_name: 'node',
  device_id: '',
  device_name: '',
  gpu_index: null,
  first_layer: 0,
  layers: 6,
  weights_bytes: 0,
  kv_cache_bytes: 0,
  compute_bytes: 0,
  overhead_bytes: 0,
  total_bytes: 0,
  free_bytes: 0,
  capacity_bytes: 1000,
};

const emptyPreview: Preview = {
  id: '',
  model_id: '',
  kind: 'cpu',
  sharding: 'Pipeline',
  nodes: ['this-node'],
  shares: [],
  layers: 6,
  layers_on_gpu: 0,
  context_size: 4096,
  sequences: 4,
  kv_cache_type: 'f16',
  decode_tokens_per_second: null,
  prefill_tokens_per_second: null,
  speed_source: 'predicted',
  transfer_seconds: null,
  error: null,
};

function answers(ended: Promise<void>): Generation {
  return {
    done: ended.then(() => ({ reason: 'end', stopped_by: null, stats })),
    async *[Symbol.asyncIterator]() {
      yield 'text';
    },
  };
}

/** Lets everything that is due happen. */
export async function calm(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((wake) => setImmediate(wake));
}
