/** A loaded engine, as the host uses it. */
import type { Backend, FromEngine, GeneratePriority, LoadedModel, PromptSegment } from '#protocol';
import type { EngineExit, EngineProcess } from './engine-process';
import { EngineError } from './errors';
import { createGeneration, type Generation, type GenerationSource } from './generation';
import { createSilenceWatch, type Patience } from './silence-watch';

export interface EngineRequest {
  readonly prompt: PromptSegment[];
  /** Tokens to generate at most; 0: only the KV cache is filled. */
  readonly maxTokens: number;
  /** 0: always the likeliest token. */
  readonly temperature: number;
  /** What a temperature above 0 draws with. */
  readonly seed: number;
  /** Idle work gives way to that of users. */
  readonly priority: GeneratePriority;
  /** Requests of one affinity share a KV cache where possible. */
  readonly affinity: string;
  readonly signal: AbortSignal;
}

export interface Engine {
  readonly pid: number;
  readonly backend: Backend;
  readonly model: LoadedModel;
  /** What the user should know though it works, or null. */
  readonly note: string | null;
  generate(request: EngineRequest): Generation;
  /** Settles, never rejects, when the process has gone. */
  readonly exited: Promise<EngineExit>;
  /** Resolves when the process has gone. What it was working on fails. */
  stop(): Promise<void>;
}

export interface EngineParts {
  readonly process: EngineProcess;
  readonly backend: Backend;
  readonly model: LoadedModel;
  readonly note: string | null;
  /** ms without a word, while it owes one, after which the engine is taken for frozen and killed */
  readonly silenceLimit: number | Patience;
}

/** The engine, and the ear for what its process says from now on. */
export function createEngine(parts: EngineParts): { engine: Engine; onMessage(message: FromEngine): void } {
  const { process } = parts;
  const open = new Map<number, GenerationSource>();
  let lastId = 0;
  let gone: string | null = null;

  const watch = createSilenceWatch(parts.silenceLimit, (ms) =>
    process.kill(`The engine said nothing for ${(ms / 1000).toFixed(1)} s and was ended.`),
  );

  const settle = (id: number, how: (source: GenerationSource) => void) => {
    const source = open.get(id);
    if (source === undefined) return;
    open.delete(id);
    if (open.size === 0) watch.end();
    how(source);
  };

  const loseAll = (message: string) => {
    gone = message;
    for (const id of [...open.keys()]) settle(id, (source) => source.fail(new EngineError(message)));
  };
  const exited = process.exited.then((exit) => {
    loseAll(exit.message);
    return exit;
  });

  const generate = (request: EngineRequest): Generation => {
    const { prompt, maxTokens, temperature, seed, priority, affinity, signal } = request;
    const id = ++lastId;
    const abort = () => {
      source.close();
      process.send({ type: 'abort', id });
    };
    const source = createGeneration(abort);
    if (gone !== null) {
      source.fail(new EngineError(gone));
      return source.generation;
    }
    open.set(id, source);
    watch.begin();
    process.send({
      type: 'generate',
      id,
      prompt,
      max_tokens: maxTokens,
      temperature,
      seed,
      priority,
      affinity,
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const forget = () => signal.removeEventListener('abort', abort);
    source.generation.done.then(forget, forget);
    return source.generation;
  };

  return {
    engine: {
      pid: process.pid,
      backend: parts.backend,
      model: parts.model,
      note: parts.note,
      exited,
      generate,
      async stop() {
        loseAll('The engine was stopped.');
        await process.stop();
      },
    },
    onMessage(message) {
      watch.heard();
      if (message.type === 'token') open.get(message.id)?.push(message.text);
      else if (message.type === 'done') {
        const { id, reason, stats } = message;
        settle(id, (source) => source.finish({ reason, stats }));
      } else if (message.type === 'generate_failed')
        settle(message.id, (source) => source.fail(new EngineError(message.message)));
    },
  };
}
