/** The life of one placed model: its engine is started, watched, and started again when it dies. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Instance, ModelRef } from '#protocol';
import type { Engine, Generation, GenerationRequest, StartEngine } from './engine';

/** An engine that dies this often without one answer in between stays down. */
const mostDeaths = 3;
const firstBackoffMs = 500;

export interface InstanceOptions {
  readonly id: string;
  readonly model: ModelRef;
  readonly placedBy: Instance['placed_by'];
  /** Tokens per sequence, at most. */
  readonly contextSize: number;
  readonly startEngine: StartEngine;
  readonly log: Logger;
  onChange(): void;
}

export class PlacedModel {
  readonly model: ModelRef;
  readonly contextSize: number;
  /** Settles with the first time that it is ready, or rejects with the reason why it will not be. */
  readonly ready: Promise<void>;
  placedBy: Instance['placed_by'];

  readonly #options: InstanceOptions;
  readonly #stopping = new AbortController();
  readonly #life: Promise<void>;
  #engine: Engine | null = null;
  #state: Instance['state'] = 'loading';
  #progress: number | null = null;
  #error: string | null = null;
  #deaths = 0;
  #tokensPerSecond: number | null = null;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.model = options.model;
    this.contextSize = options.contextSize;
    this.placedBy = options.placedBy;
    let isReady: () => void = () => {};
    let isNot: (error: Error) => void = () => {};
    this.ready = new Promise((fulfil, reject) => {
      isReady = fulfil;
      isNot = reject;
    });
    // Whoever placed it waits for it; a model placed by default has nobody who does.
    this.ready.catch(() => {});
    this.#life = this.#live(isReady).catch((error: Error) => {
      this.#fail(error.message);
      isNot(error);
    });
  }

  get id(): string {
    return this.#options.id;
  }

  get state(): Instance['state'] {
    return this.#state;
  }

  get stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  snapshot(): Instance {
    const loaded = this.#engine?.model;
    return {
      id: this.id,
      model: this.model,
      placed_by: this.placedBy,
      state: this.#state,
      progress: this.#progress,
      error: this.#error,
      note: this.#engine?.note ?? null,
      engine_deaths: this.#deaths,
      engine_pid: this.#engine?.pid ?? null,
      backend: this.#engine?.backend ?? null,
      devices: loaded?.devices ?? [],
      layers: loaded?.layers ?? null,
      layers_on_gpu: loaded?.layers_on_gpu ?? null,
      context_size: loaded?.context_size ?? null,
      batch_size: loaded?.batch_size ?? null,
      sequences: loaded?.sequences ?? null,
      threads: loaded?.threads ?? null,
      fim: loaded?.fim ?? null,
      tokens_per_second: this.#tokensPerSecond,
    };
  }

  /** @throws when the instance is not ready. */
  generate(request: GenerationRequest): Generation {
    if (!this.#engine) throw new Error(`${this.model.name} is not ready (${this.#state}).`);
    const generation = this.#engine.generate(request);
    generation.done.then(
      ({ stats }) => {
        this.#deaths = 0;
        this.#tokensPerSecond = stats.tokens_per_second ?? this.#tokensPerSecond;
        this.#options.onChange();
      },
      () => {}, // The one who iterates gets the error.
    );
    return generation;
  }

  /** Ends the engine, also while it loads. Resolves when its memory is free. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error(`${this.model.name} was removed before it was ready.`));
    await this.#engine?.stop();
    await this.#life;
  }

  async #live(isReady: () => void): Promise<void> {
    for (;;) {
      const message = await this.#liveOnce(isReady);
      if (this.stopped) return;

      this.#deaths += 1;
      this.#options.log.warn(`The engine of ${this.model.name} died. ${message}`);
      if (this.#deaths >= mostDeaths) {
        throw new Error(
          `${message} That was ${mostDeaths} times in a row: it stays down. ` +
            'See the log, then place the model again or choose another one.',
        );
      }
      this.#change('restarting', `${message} It is started again.`);
      await delay(firstBackoffMs * 2 ** (this.#deaths - 1), undefined, { signal: this.#stopping.signal });
    }
  }

  /**
   * Answers with what ended the engine. A first start that fails throws instead, since it would fail again; one after
   * a death counts as another death.
   */
  async #liveOnce(isReady: () => void): Promise<string> {
    try {
      const engine = await this.#start();
      isReady();
      return (await engine.exited).message;
    } catch (error) {
      if (this.#deaths === 0 || !(error instanceof Error)) throw error;
      return error.message;
    } finally {
      this.#engine = null;
    }
  }

  async #start(): Promise<Engine> {
    const engine = await this.#options.startEngine({
      modelPath: this.model.path,
      contextSize: this.contextSize,
      signal: this.#stopping.signal,
      onProgress: (fraction) => {
        this.#progress = fraction;
        this.#options.onChange();
      },
    });
    if (this.stopped) {
      // It became ready in the same moment, and whoever stops it waits for this life to end.
      await engine.stop();
      this.#stopping.signal.throwIfAborted();
    }
    this.#engine = engine;
    this.#progress = null;
    this.#change('ready', null);
    return engine;
  }

  #fail(reason: string): void {
    this.#engine = null;
    this.#progress = null;
    if (this.stopped) return;
    this.#options.log.error(`${this.model.name} is not available: ${reason}`);
    this.#change('failed', reason);
  }

  #change(state: Instance['state'], error: string | null): void {
    this.#state = state;
    this.#error = error;
    this.#options.onChange();
  }
}
