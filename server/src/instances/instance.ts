/** The life of one placed model: placed, loaded, watched, unloaded when idle, and started again when its engine dies. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Instance, MeasuredMemory, ModelRef, Preview, TokenizeParams, Wishes } from '#protocol';
import { createArrival } from './arrival';
import type { Engine, Generation, GenerationRequest } from './engine';
import { engineFields } from './engine-fields';
import { createIdleTimer, type IdleTimer } from './idle-timer';
import type { Lease } from './leases';
import type { ShardMeter } from './shard-meter';
import { type Borrowed, newsLagMs } from './shards';
import { createSpeedometer } from './speedometer';
import { type StartParts, start } from './start';
import type { Turnstile } from './turnstile';

/** An engine that dies this often without one answer in between stays down. */
const mostDeaths = 3;
const firstBackoffMs = 500;

export interface InstanceOptions {
  readonly id: string;
  readonly model: ModelRef;
  readonly placedBy: Instance['placed_by'];
  readonly wishes: Wishes;
  /** Id of the preview that the user chose; `null`: the best there is. */
  readonly chosen: string | null;
  /** The user waits for just this preview: when it cannot be had, the reason is wanted, not something else. */
  readonly onlyChosen: boolean;
  readonly parts: StartParts;
  readonly turn: Turnstile;
  /** ms without a request after which the model is unloaded; `null`: never */
  idleAfterMs(): number | null;
  readonly log: Logger;
  onChange(): void;
}

export class PlacedModel {
  readonly model: ModelRef;
  readonly wishes: Wishes;
  chosen: string | null;
  placedBy: Instance['placed_by'];

  readonly #options: InstanceOptions;
  readonly #stopping = new AbortController();
  readonly #idle: IdleTimer;
  readonly #life: Promise<void>;
  #engine: Engine | null = null;
  /** Its engine was ended because it had nothing to do. */
  #unloaded = false;
  #lease: Lease | null = null;
  #borrowed: Borrowed | null = null;
  #shards: ShardMeter | null = null;
  #placement: Preview | null = null;
  #memory: MeasuredMemory[] = [];
  #note: string | null = null;
  /** What its engine has said of its file stays true when it is unloaded. */
  #chatTemplate: boolean | null = null;
  #state: Instance['state'] = 'placing';
  #progress: number | null = null;
  #error: string | null = null;
  #deaths = 0;
  readonly #speedometer = createSpeedometer();
  #arrival = createArrival();
  #wake: () => void = () => {};

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.model = options.model;
    this.wishes = options.wishes;
    this.chosen = options.chosen;
    this.placedBy = options.placedBy;
    this.#idle = createIdleTimer(options.idleAfterMs, () => this.#unload());
    this.#life = this.#live()
      .catch((error: Error) => {
        this.#fail(error.message);
        this.#arrival.isNot(error);
      })
      .finally(async () => {
        this.#idle.close();
        await this.#giveBack();
        this.#lease?.release();
      });
  }

  get id(): string {
    return this.#options.id;
  }

  /** Settles when it is ready, after it was placed or has been woken; rejects with the reason why it will not be. */
  get ready(): Promise<void> {
    return this.#arrival.ready;
  }

  get state(): Instance['state'] {
    return this.#state;
  }

  /** That it is working on now. */
  get requests(): number {
    return this.#idle.running;
  }

  get stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  snapshot(): Instance {
    return {
      id: this.id,
      node_id: this.#options.parts.nodeId,
      model: this.model,
      placed_by: this.placedBy,
      role: this.wishes.role,
      state: this.#state,
      progress: this.#progress,
      error: this.#error,
      note: this.#engine === null ? null : this.#note,
      engine_deaths: this.#deaths,
      placement: this.#placement,
      memory: this.#engine === null ? [] : this.#memory,
      shards: this.#shards?.snapshot() ?? [],
      ...engineFields(this.#engine, this.#shards && this.#placement),
      chat_template: this.#chatTemplate,
      ...this.#speedometer.snapshot(),
    };
  }

  /** @throws when the instance is not ready; an idle one is brought back meanwhile. */
  generate(request: GenerationRequest): Generation {
    const engine = this.#readyEngine();
    const ended = this.#idle.busy();
    const generation = engine.generate(request);
    generation.done
      .then(
        ({ stats }) => {
          this.#deaths = 0;
          this.#shards?.tokens(stats.evaluated_tokens + stats.generated_tokens);
          const speed = this.#speedometer.note(stats);
          if (this.#placement && speed) this.#options.parts.planner.learn(this.#placement, speed);
          this.#options.onChange();
        },
        () => {}, // The one who iterates gets the error.
      )
      .finally(ended);
    return generation;
  }

  /** Rejects when the instance is not ready. */
  async tokenize(params: TokenizeParams): Promise<number[]> {
    return this.#readyEngine().tokenize(params);
  }

  /** Rejects when the instance is not ready. */
  async detokenize(tokens: readonly number[]): Promise<string> {
    return this.#readyEngine().detokenize(tokens);
  }

  #readyEngine(): Engine {
    if (this.#engine) return this.#engine;
    const state = this.#state;
    this.wake();
    throw new Error(`${this.model.name} is not ready (${state}).`);
  }

  /** Brings an idle model back. */
  wake(): void {
    if (this.#state !== 'idle') return;
    this.#arrival = createArrival();
    this.#change('placing', null);
    this.#wake();
  }

  /** The time without a request counts from now, with the limit as it is now. */
  restartIdleTimer(): void {
    if (this.#state === 'ready') this.#idle.restart();
  }

  /** Ends the engine, also while it loads. Resolves when its memory is free. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error(`${this.model.name} was removed before it was ready.`));
    await this.#engine?.stop();
    await this.#life;
  }

  #unload(): void {
    if (this.#state !== 'ready') return;
    this.#options.log.info(`${this.model.name} had nothing to do and was unloaded; it comes back on demand.`);
    const engine = this.#engine;
    // No request shall reach it while it ends.
    this.#engine = null;
    this.#unloaded = true;
    this.#change('idle', null);
    void engine?.stop();
  }

  async #live(): Promise<void> {
    for (;;) {
      const message = await this.#liveOnce();
      if (this.stopped) return;
      if (message === null) await this.#sleep();
      else await this.#recover(message);
    }
  }

  /**
   * Answers with what killed the engine, or null when it was unloaded. A first start that fails throws instead, since
   * it would fail again; one after a death counts as another death.
   */
  async #liveOnce(): Promise<string | null> {
    this.#unloaded = false;
    try {
      const engine = await this.#start();
      this.#arrival.isReady();
      const message = await this.#endOf(engine);
      return this.#unloaded ? null : message;
    } catch (error) {
      if (this.#deaths === 0 || !(error instanceof Error)) throw error;
      return error.message;
    } finally {
      this.#engine = null;
      await this.#giveBack();
    }
  }

  /** An engine that has lost a shard would die of it at the next token: it does not wait for that. */
  async #endOf(engine: Engine): Promise<string> {
    const exited = engine.exited.then(({ message }) => message);
    if (this.#borrowed === null) return exited;
    const lost = this.#borrowed.lost;
    const message = await Promise.race([exited, lost]);
    this.#engine = null;
    if (this.stopped || this.#unloaded) return exited;
    if (this.#state === 'ready') this.#change('restarting', message);
    // Whichever was first, the loss says more than what the engine says when it crashes of it.
    const why = await Promise.race([lost, delay(newsLagMs, message)]);
    await engine.stop();
    return why;
  }

  /** What other nodes have lent. */
  async #giveBack(): Promise<void> {
    const borrowed = this.#borrowed;
    this.#borrowed = null;
    this.#shards = null;
    await borrowed?.release();
  }

  /**
   * A completion model keeps its VRAM promised while it is away, so that nobody who asks for a chat model takes it; a
   * chat model has no such right.
   */
  async #sleep(): Promise<void> {
    if (this.wishes.role === 'completion') this.#lease?.park();
    else this.#letGo();
    // Somebody may have woken it while its engine was ending.
    if (this.#state !== 'idle') return;
    await new Promise<void>((fulfil) => {
      this.#wake = fulfil;
      this.#stopping.signal.addEventListener('abort', () => fulfil(), { once: true });
    });
    this.#stopping.signal.throwIfAborted();
  }

  async #recover(message: string): Promise<void> {
    this.#letGo();
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

  #letGo(): void {
    this.#lease?.release();
    this.#lease = null;
  }

  #start(): Promise<Engine> {
    const { signal } = this.#stopping;
    return this.#options.turn(async () => {
      this.#letGo();
      const started = await start(
        {
          model: this.model,
          wishes: this.wishes,
          chosen: this.chosen,
          onlyChosen: this.#options.onlyChosen && this.#placement === null,
          signal,
          onPlacement: (preview) => {
            this.#placement = preview;
            this.#progress = null;
            if (this.#state === 'placing') this.#change('loading', null);
            else this.#options.onChange();
          },
          onBorrowed: (meter) => {
            this.#shards = meter;
          },
          onProgress: (fraction) => {
            this.#progress = fraction;
            this.#options.onChange();
          },
        },
        this.#options.parts,
      );
      if (this.stopped) {
        // It became ready in the same moment, and whoever stops it waits for this life to end.
        await started.engine.stop();
        await started.borrowed?.release();
        started.lease.release();
        signal.throwIfAborted();
      }
      this.#engine = started.engine;
      this.#lease = started.lease;
      this.#borrowed = started.borrowed;
      this.#memory = started.memory;
      this.#note = started.note;
      this.#chatTemplate = started.engine.model.chat_template;
      this.#progress = null;
      this.#change('ready', null);
      this.#idle.restart();
      return started.engine;
    }, signal);
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
