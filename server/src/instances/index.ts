/**
 * Instances: which models are placed, and the life of each. Drives engines through the interface in `engine.ts`;
 * never touches llama.cpp, sockets or the editor itself.
 */
import type { Logger } from 'pino';
import type { Instance, ModelRef } from '#protocol';
import type { StartEngine } from './engine';
import { PlacedModel } from './instance';
import { readPlacements, writePlacements } from './placements-file';

export type { Engine, Generation, GenerationRequest, StartEngine } from './engine';
export type { PlacedModel } from './instance';

/** Tokens per sequence: room for a prompt of one batch and a long answer. */
const defaultContextSize = 4096;

export interface InstancesParts {
  readonly startEngine: StartEngine;
  /** Throws, in words, when there is no such model. */
  findModel(id: string): ModelRef;
  /** Placed when the user has chosen nothing. */
  readonly defaultModelId: string;
  readonly placementsFile: string;
  readonly log: Logger;
}

export interface PlaceRequest {
  readonly modelId: string;
  /** Tokens per sequence, at most. */
  readonly contextSize?: number | undefined;
  readonly signal: AbortSignal;
  onProgress(fraction: number | null): void;
}

export class Instances {
  readonly #parts: InstancesParts;
  readonly #placed: PlacedModel[] = [];
  readonly #waiting = new Map<PlacedModel, number>();
  readonly #listeners = new Set<() => void>();
  #count = 0;
  #stopping = false;

  constructor(parts: InstancesParts) {
    this.#parts = parts;
  }

  list(): Instance[] {
    return this.#placed.map((placed) => placed.snapshot());
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The instance that answers completions: what the user placed last, else the default one; ready ones first. */
  forCompletion(): PlacedModel | null {
    const rank = (placed: PlacedModel) =>
      (placed.state === 'ready' ? 2 : 0) + (placed.placedBy === 'user' ? 1 : 0);
    return this.#placed.reduce<PlacedModel | null>(
      (best, placed) => (best === null || rank(placed) >= rank(best) ? placed : best),
      null,
    );
  }

  /** The same, once it is ready: a first request waits for loading. `null`: none will be, or the signal aborted. */
  readyForCompletion(signal: AbortSignal): Promise<PlacedModel | null> {
    return new Promise((fulfil) => {
      const settle = (answer: PlacedModel | null) => {
        stopLooking();
        signal.removeEventListener('abort', giveUp);
        fulfil(answer);
      };
      const giveUp = () => settle(null);
      const look = () => {
        const placed = this.forCompletion();
        if (placed?.state === 'ready') settle(placed);
        else if (placed?.state !== 'loading' && placed?.state !== 'restarting') giveUp();
      };
      const stopLooking = this.onChange(look);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
      else look();
    });
  }

  /** Places again what was placed when the last host ended, or the default model when nothing was ever chosen. */
  restore(): void {
    const noted = readPlacements(this.#parts.placementsFile, this.#parts.log);
    if (noted === null) this.#restoreOne(this.#parts.defaultModelId, 'default', defaultContextSize);
    for (const { model_id, context_size } of noted ?? []) this.#restoreOne(model_id, 'user', context_size);
  }

  /**
   * Resolves when the model is ready. Rejects when it cannot be, or is no longer wanted: then what was begun is removed,
   * and what it replaced (the same model with another context) comes back.
   */
  async place(request: PlaceRequest): Promise<Instance> {
    if (this.#stopping) throw new Error('The host is stopping.');
    const model = this.#parts.findModel(request.modelId);
    const before = this.#placed.find((placed) => placed.model.path === model.path);
    const works = before !== undefined && before.state !== 'failed';
    const reusable = works && (request.contextSize ?? before.contextSize) === before.contextSize;
    // Both at once might not fit into memory.
    if (before && !reusable) await this.#remove(before);
    const placed = reusable ? before : this.#add(model, 'user', request.contextSize ?? defaultContextSize);

    // Two windows may place the same model: it is given up only when nobody waits for it any more.
    this.#wait(placed, 1);
    const stopReporting = this.onChange(() => request.onProgress(placed.snapshot().progress));
    try {
      await orAborted(placed.ready, request.signal);
      placed.placedBy = 'user';
    } catch (error) {
      if (this.#waiting.get(placed) === 1 && placed.placedBy === 'user' && !placed.stopped) {
        await this.#remove(placed);
        if (works && !reusable) this.#add(model, before.placedBy, before.contextSize);
      }
      throw error;
    } finally {
      stopReporting();
      this.#wait(placed, -1);
    }

    await Promise.all(
      this.#placed.filter((other) => other.placedBy === 'default').map((other) => this.#remove(other)),
    );
    this.#note();
    return placed.snapshot();
  }

  /** Resolves when the memory is free. Throws when there is no such instance. */
  async unplace(id: string): Promise<void> {
    const placed = this.#placed.find((candidate) => candidate.id === id);
    if (!placed) throw new Error(`There is no instance "${id}". It may have been removed already.`);
    await this.#remove(placed);
    this.#note();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#placed.map((placed) => placed.stop()));
  }

  #restoreOne(modelId: string, placedBy: Instance['placed_by'], contextSize: number): void {
    try {
      this.#add(this.#parts.findModel(modelId), placedBy, contextSize);
    } catch (error) {
      this.#parts.log.warn(`${modelId} was not placed: ${(error as Error).message}`);
    }
  }

  #add(model: ModelRef, placedBy: Instance['placed_by'], contextSize: number): PlacedModel {
    this.#count += 1;
    const placed = new PlacedModel({
      id: `${model.name}-${this.#count}`,
      model,
      placedBy,
      contextSize,
      startEngine: this.#parts.startEngine,
      log: this.#parts.log,
      onChange: () => this.#changed(),
    });
    this.#placed.push(placed);
    this.#changed();
    return placed;
  }

  async #remove(placed: PlacedModel): Promise<void> {
    const index = this.#placed.indexOf(placed);
    if (index >= 0) this.#placed.splice(index, 1);
    await placed.stop();
    this.#changed();
  }

  #wait(placed: PlacedModel, change: 1 | -1): void {
    const waiting = (this.#waiting.get(placed) ?? 0) + change;
    if (waiting > 0) this.#waiting.set(placed, waiting);
    else this.#waiting.delete(placed);
  }

  #note(): void {
    const chosen = this.#placed.filter((placed) => placed.placedBy === 'user');
    writePlacements(
      this.#parts.placementsFile,
      chosen.map(({ model, contextSize }) => ({ model_id: model.id, context_size: contextSize })),
      this.#parts.log,
    );
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((fulfil, reject) => {
    const abort = () => reject(new Error('Placing was cancelled. Nothing was kept.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(fulfil, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
