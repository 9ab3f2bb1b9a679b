/**
 * Instances: which models are placed, and the life of each. Drives engines through the interface in `engine.ts`;
 * never touches llama.cpp, sockets or the editor itself.
 */
import type { Logger } from 'pino';
import {
  type Instance,
  isOverNodes,
  type ModelRef,
  type TokenizeParams,
  type Wishes,
  wishesSchema,
} from '#protocol';
import { orAborted } from '../or-aborted';
import type { Generation, GenerationRequest } from './engine';
import { PlacedModel } from './instance';
import { type Placement, readPlacements, writePlacements } from './placements-file';
import { refusal, type StartParts } from './start';
import { createTurnstile } from './turnstile';

export type { Engine, EngineOptions, Generation, GenerationRequest, StartEngine } from './engine';
export type { PlacedModel } from './instance';
export { type Claim, type Lease, Leases } from './leases';
export type { Planner } from './planner';
export type { Borrow, Borrowed, BorrowedShard } from './shards';

export interface InstancesParts extends StartParts {
  /** Throws, in words, when there is no such model. */
  findModel(id: string): ModelRef;
  /** Placed when the user has chosen nothing. */
  readonly defaultModelId: string;
  readonly placementsFile: string;
  readonly log: Logger;
}

export interface PlaceRequest {
  readonly modelId: string;
  readonly wishes: Wishes;
  /** Just this preview or nothing; `null`: the best that works. */
  readonly previewId: string | null;
  /** Nobody waits to hear of a failure: the instance stays, failed, with its reason. */
  readonly keepFailure: boolean;
  readonly signal: AbortSignal;
  /** The instance, as it is while it is placed. */
  onChange(instance: Instance): void;
}

export class Instances {
  readonly #parts: InstancesParts;
  readonly #placed: PlacedModel[] = [];
  readonly #waiting = new Map<PlacedModel, number>();
  readonly #listeners = new Set<() => void>();
  readonly #turn = createTurnstile();
  #idleAfterMs: number | null = null;
  #count = 0;
  #stopping = false;

  constructor(parts: InstancesParts) {
    this.#parts = parts;
  }

  list(): Instance[] {
    return this.#placed.map((placed) => placed.snapshot());
  }

  /** That engines are working on now. */
  get requests(): number {
    return this.#placed.reduce((sum, placed) => sum + placed.requests, 0);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** ms without a request after which a model is unloaded; `null`: never. */
  setIdleAfter(ms: number | null): void {
    if (ms === this.#idleAfterMs) return;
    this.#idleAfterMs = ms;
    for (const placed of this.#placed) placed.restartIdleTimer();
  }

  /** The instance that answers completions: what the user placed last, else the default one; ready ones first. */
  forCompletion(): PlacedModel | null {
    const rank = (placed: PlacedModel) =>
      (placed.state === 'ready' || placed.state === 'idle' ? 2 : 0) + (placed.placedBy === 'user' ? 1 : 0);
    return this.#placed
      .filter(({ wishes }) => wishes.role === 'completion')
      .reduce<PlacedModel | null>(
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
        else if (placed?.state === 'idle') placed.wake();
        else if (placed === null || placed.state === 'failed') giveUp();
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
    if (noted === null) {
      const wishes = wishesSchema.parse({});
      this.#restoreOne({ model_id: this.#parts.defaultModelId, wishes, preview_id: null }, 'default');
    }
    for (const placement of noted ?? []) this.#restoreOne(placement, 'user');
  }

  /**
   * Resolves when the model is ready. Rejects when it cannot be, or is no longer wanted: then what was begun is removed,
   * and what it replaced (the same model with another context) comes back.
   */
  async place(request: PlaceRequest): Promise<Instance> {
    const model = this.#parts.findModel(request.modelId);
    const { placed, replaced: before } = await this.#begin(model, request);
    placed.wake();

    // Two windows may place the same model: it is given up only when nobody waits for it any more.
    this.#wait(placed, 1);
    const report = () => request.onChange(placed.snapshot());
    const stopReporting = this.onChange(report);
    report();
    try {
      await orAborted(placed.ready, request.signal, cancelled());
      placed.placedBy = 'user';
      placed.chosen = request.previewId ?? placed.chosen;
    } catch (error) {
      const isLast = this.#waiting.get(placed) === 1;
      if (isLast && placed.placedBy === 'user' && !placed.stopped && !request.keepFailure) {
        await this.#remove(placed);
        if (before !== null && !this.#of(model)) this.#add({ ...before, onlyChosen: false });
      }
      throw error;
    } finally {
      stopReporting();
      this.#wait(placed, -1);
    }

    const replaced = this.#placed.filter(
      (other) => other.placedBy === 'default' && other.wishes.role === placed.wishes.role,
    );
    await Promise.all(replaced.map((other) => this.#remove(other)));
    this.#note();
    return placed.snapshot();
  }

  /** @throws in words, when there is no such instance, or it is not ready. */
  generate(id: string, request: GenerationRequest): Generation {
    return this.#existing(id).generate(request);
  }

  /** Rejects as `generate` throws. */
  async tokenize(id: string, params: TokenizeParams): Promise<number[]> {
    return this.#existing(id).tokenize(params);
  }

  /** Rejects as `generate` throws, and for a number that the vocabulary does not have. */
  async detokenize(id: string, tokens: readonly number[]): Promise<string> {
    return this.#existing(id).detokenize(tokens);
  }

  /** Brings an idle model back. */
  wake(id: string): void {
    this.#existing(id).wake();
  }

  #existing(id: string): PlacedModel {
    const placed = this.#placed.find((candidate) => candidate.id === id);
    if (!placed) throw new Error(`There is no instance "${id}" any more.`);
    return placed;
  }

  /** Resolves when the memory is free. Throws when there is no such instance. */
  async unplace(id: string): Promise<void> {
    const placed = this.#placed.find((candidate) => candidate.id === id);
    if (!placed) throw new Error(`There is no instance "${id}". It may have been removed already.`);
    await this.#remove(placed);
    this.#note();
  }

  /** Other nodes have come: what was spread over several and has failed may be possible again. */
  retrySplit(): void {
    for (const before of [...this.#placed]) {
      // A try that found nobody has no placement of its own.
      const tried = before.snapshot().placement?.id ?? null;
      if (before.state !== 'failed' || !(isOverNodes(tried) || isOverNodes(before.chosen))) continue;
      void this.#remove(before).then(
        () => this.#stopping || this.#of(before.model) || this.#add({ ...before, onlyChosen: false }),
      );
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#placed.map((placed) => placed.stop()));
  }

  /**
   * The instance that does what was asked for: the one there is, or a new one in its place. Others may place and remove the
   * same file meanwhile, and two instances of one would count each other's memory as free: so it looks again after each wait.
   */
  async #begin(
    model: ModelRef,
    request: PlaceRequest,
  ): Promise<{ placed: PlacedModel; replaced: PlacedModel | null }> {
    const { wishes, previewId: chosen, signal } = request;
    let isPossible = false;
    let replaced: PlacedModel | null = null;
    for (;;) {
      if (this.#stopping) throw new Error('The host is stopping.');
      const before = this.#of(model);
      if (before === undefined) {
        const onlyChosen = chosen !== null;
        return { placed: this.#add({ model, wishes, chosen, placedBy: 'user', onlyChosen }), replaced };
      }
      const works = before.state !== 'failed';
      if (works && fulfils(before, request)) return { placed: before, replaced };
      if (works && !isPossible) {
        await orAborted(this.#refuseEarly(model, request), signal, cancelled());
        isPossible = true;
        continue;
      }
      if (works) replaced = before;
      // Both at once might not fit into memory.
      await this.#remove(before);
    }
  }

  #of({ path }: ModelRef): PlacedModel | undefined {
    return this.#placed.find((placed) => placed.model.path === path);
  }

  /** What works is not given up for something that cannot be had. */
  async #refuseEarly(model: ModelRef, { wishes, previewId: chosen }: PlaceRequest): Promise<void> {
    const previews = await this.#parts.planner.previews(model, wishes);
    const possible = previews.some(({ id, error }) => error === null && (chosen === null || id === chosen));
    if (!possible) throw new Error(refusal(previews, { model, chosen, onlyChosen: chosen !== null }));
  }

  #restoreOne({ model_id, wishes, preview_id }: Placement, placedBy: Instance['placed_by']): void {
    try {
      const model = this.#parts.findModel(model_id);
      this.#add({ model, wishes, chosen: preview_id, placedBy, onlyChosen: false });
    } catch (error) {
      this.#parts.log.warn(`${model_id} was not placed: ${(error as Error).message}`);
    }
  }

  #add(
    what: Pick<PlacedModel, 'model' | 'wishes' | 'chosen' | 'placedBy'> & { onlyChosen: boolean },
  ): PlacedModel {
    this.#count += 1;
    const { model, wishes, chosen, placedBy, onlyChosen } = what;
    const placed = new PlacedModel({
      id: `${model.name}-${this.#count}`,
      model,
      wishes,
      chosen,
      placedBy,
      onlyChosen,
      parts: this.#parts,
      turn: this.#turn,
      idleAfterMs: () => this.#idleAfterMs,
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
      chosen.map(({ model, wishes, chosen: preview_id }) => ({ model_id: model.id, wishes, preview_id })),
      this.#parts.log,
    );
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whether what is placed already is what was asked for. What was not wished for may be as it is. */
function fulfils(placed: PlacedModel, { wishes, previewId }: PlaceRequest): boolean {
  const { context_size, sequences, kv_cache_type, role, prefer_gpu } = placed.wishes;
  return (
    (previewId === null || previewId === placed.snapshot().placement?.id) &&
    (wishes.context_size === undefined || wishes.context_size === context_size) &&
    wishes.sequences === sequences &&
    wishes.kv_cache_type === kv_cache_type &&
    wishes.role === role &&
    wishes.prefer_gpu === prefer_gpu
  );
}

function cancelled(): Error {
  return new Error('Placing was cancelled. Nothing was kept.');
}
