/**
 * What models say about themselves and what memory they need, remembered: an inspection is a child process and takes
 * seconds, the answer changes only with the file. Successes are kept in a file, failures until the host ends or the file
 * changes; those that say `transient: true` (a time limit, a child that died) for a minute, as well as what the CPU has guessed
 * in place of a GPU.
 */
import { readFileSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import * as z from 'zod';
import {
  type KvCacheType,
  type ModelFacts,
  type ModelNeed,
  type ModelRef,
  modelFactsSchema,
  modelNeedSchema,
} from '#protocol';
import { replaceFile } from '../replace-file';
import { fileStat } from './gguf-folder';

const mostKept = 500;
const transientMs = 60_000;

export interface InspectRequest {
  readonly modelPath: string;
  /** Tokens per sequence. */
  readonly contextSize: number;
  readonly sequences: number;
  readonly kvCacheType: KvCacheType;
}

export interface InspectionWish extends Omit<InspectRequest, 'modelPath'> {
  /** Whatever else the answer depends on: the backend, and the versions of what answers. */
  readonly backendKey: string;
  /** Whether a GPU is asked. */
  readonly onGpu: boolean;
}

export interface Inspection {
  readonly facts: ModelFacts;
  readonly need: ModelNeed;
}

/** Rejects in words. */
export type Inspect = (request: InspectRequest) => Promise<Inspection>;

export interface Inspections {
  /** Equal calls at the same time share one inspection. Rejects with the reason, also with a remembered one. */
  get(model: ModelRef, wish: InspectionWish): Promise<Inspection>;
  /** Only what is remembered; `null`: nothing is. One `stat`, no reading. */
  known(model: ModelRef, wish: InspectionWish): Inspection | { readonly problem: string } | null;
  /** After the last note has been written. */
  settled(): Promise<void>;
}

interface Failure {
  readonly problem: string;
}

const inspectionSchema = z.object({ facts: modelFactsSchema, need: modelNeedSchema });
const fileSchema = z.object({ inspections: z.array(z.tuple([z.string(), inspectionSchema])).max(mostKept) });

export function createInspections(options: { file: string; inspect: Inspect; log: Logger }): Inspections {
  const { file, inspect, log } = options;
  // By the wall clock: a machine that slept for an hour has waited for an hour.
  const results = new LRUCache<string, Inspection | Failure>({ max: mostKept, perf: Date });
  const running = new Map<string, Promise<Inspection>>();
  let writing = Promise.resolve();

  for (const [key, inspection] of readNotes()) results.set(key, inspection);

  function readNotes(): [string, Inspection][] {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return [];
    }
    try {
      return fileSchema.parse(JSON.parse(text)).inspections;
    } catch {
      log.warn(`${file} cannot be understood and is ignored: models are read again.`);
      return [];
    }
  }

  function writeNotes(): void {
    // Oldest first, so that reading them in order restores the order of use.
    const inspections = [...results.rkeys()].flatMap((key) => {
      const result = results.peek(key);
      const lasts = results.getRemainingTTL(key) === Number.POSITIVE_INFINITY;
      return result && 'facts' in result && lasts ? [[key, result]] : [];
    });
    const text = JSON.stringify({ inspections });
    writing = writing
      .then(() => replaceFile(file, text))
      .catch((error: Error) =>
        log.warn(error, 'What models need could not be noted; the next start reads them again'),
      );
  }

  function get(model: ModelRef, wish: InspectionWish): Promise<Inspection> {
    const key = keyOf(model, wish);
    const result = results.get(key);
    if (result)
      return 'facts' in result ? Promise.resolve(result) : Promise.reject(new Error(result.problem));
    const shared = running.get(key) ?? start(key, model, wish).finally(() => running.delete(key));
    running.set(key, shared);
    return shared;
  }

  async function start(key: string, model: ModelRef, wish: InspectionWish): Promise<Inspection> {
    const { contextSize, sequences, kvCacheType } = wish;
    try {
      const inspection = await inspect({ modelPath: model.path, contextSize, sequences, kvCacheType });
      const isGuess = wish.onGpu && !inspection.need.simulated;
      results.set(key, inspection, isGuess ? { ttl: transientMs } : {});
      if (!isGuess) writeNotes();
      return inspection;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      results.set(key, { problem }, isTransient(error) ? { ttl: transientMs } : {});
      throw error;
    }
  }

  return {
    get,
    known: (model, wish) => results.get(keyOf(model, wish)) ?? null,
    settled: () => writing,
  };
}

function keyOf(model: ModelRef, wish: InspectionWish): string {
  const stat = fileStat(model.path);
  const { contextSize, sequences, kvCacheType, backendKey } = wish;
  const content = [model.path, model.size_bytes, stat?.size ?? null, stat?.mtimeMs ?? null];
  return JSON.stringify([...content, contextSize, sequences, kvCacheType, backendKey]);
}

function isTransient(error: unknown): boolean {
  return error instanceof Error && 'transient' in error && error.transient === true;
}
