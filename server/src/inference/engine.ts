/** A loaded engine, as the host uses it. */
import type {
  Backend,
  FromEngine,
  GeneratePriority,
  GenerationOptions,
  LoadedModel,
  PromptSegment,
  ToEngine,
  TokenizeParams,
  TokenLogprob,
} from '#protocol';
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
  /** Programs come after users; idle work gives way to both. */
  readonly priority: GeneratePriority;
  /** Requests of one affinity share a KV cache where possible. */
  readonly affinity: string;
  /** Those of a program. */
  readonly options?: GenerationOptions | undefined;
  readonly signal: AbortSignal;
  /** What `options.top_logprobs` asks for, before the text comes that it is about. */
  onLogprobs?(logprobs: readonly TokenLogprob[]): void;
}

export interface Engine {
  readonly pid: number;
  readonly backend: Backend;
  readonly model: LoadedModel;
  /** What the user should know though it works, or null. */
  readonly note: string | null;
  generate(request: EngineRequest): Generation;
  tokenize(params: TokenizeParams): Promise<number[]>;
  /** Rejects for a number that the vocabulary does not have. */
  detokenize(tokens: readonly number[]): Promise<string>;
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
  const open = new Map<number, OpenGeneration>();
  const questions = new Map<number, Question>();
  let lastId = 0;
  let gone: string | null = null;

  const watch = createSilenceWatch(parts.silenceLimit, (ms) => {
    const why = `The engine said nothing for ${(ms / 1000).toFixed(1)} s and was ended.`;
    // Its end may take a while.
    loseAll(why);
    process.kill(why);
  });

  const settleOne = <Waiting>(waiting: Map<number, Waiting>, id: number, how: (one: Waiting) => void) => {
    const one = waiting.get(id);
    if (one === undefined) return;
    waiting.delete(id);
    if (open.size + questions.size === 0) watch.end();
    how(one);
  };
  const settle = (id: number, how: (source: GenerationSource) => void) =>
    settleOne(open, id, ({ source }) => how(source));

  const loseAll = (message: string) => {
    gone = message;
    const lost = new EngineError(message);
    for (const id of [...open.keys()]) settle(id, (source) => source.fail(lost));
    for (const id of [...questions.keys()]) settleOne(questions, id, ({ reject }) => reject(lost));
  };

  const ask = (question: (id: number) => ToEngine): Promise<FromEngine> =>
    new Promise((fulfil, reject) => {
      if (gone !== null) return reject(new EngineError(gone));
      const id = ++lastId;
      questions.set(id, { fulfil, reject });
      watch.begin();
      process.send(question(id));
    });
  const exited = process.exited.then((exit) => {
    loseAll(exit.message);
    return exit;
  });

  const generate = (request: EngineRequest): Generation => {
    const { prompt, maxTokens, temperature, seed, priority, affinity, options, signal } = request;
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
    open.set(id, { source, onLogprobs: request.onLogprobs ?? (() => {}) });
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
      ...(options && { options }),
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
      async tokenize(params) {
        const answer = await ask((id) => ({ type: 'tokenize', id, ...params }));
        return answer.type === 'tokenized' ? answer.tokens : [];
      },
      async detokenize(tokens) {
        const answer = await ask((id) => ({ type: 'detokenize', id, tokens: [...tokens] }));
        return answer.type === 'detokenized' ? answer.text : '';
      },
      async stop() {
        loseAll('The engine was stopped.');
        await process.stop();
      },
    },
    onMessage(message) {
      watch.heard();
      if (message.type === 'token') {
        const told = open.get(message.id);
        if (message.logprobs) told?.onLogprobs(message.logprobs);
        told?.source.push(message.text);
      } else if (message.type === 'done') {
        const { id, reason, stopped_by, stats } = message;
        settle(id, (source) => source.finish({ reason, stopped_by, stats }));
      } else if (message.type === 'generate_failed')
        settle(message.id, (source) => source.fail(new EngineError(message.message, message.reason)));
      else if (message.type === 'tokenized' || message.type === 'detokenized')
        settleOne(questions, message.id, ({ fulfil }) => fulfil(message));
      else if (message.type === 'tokenize_failed')
        settleOne(questions, message.id, ({ reject }) => reject(new EngineError(message.message, 'request')));
    },
  };
}

interface OpenGeneration {
  readonly source: GenerationSource;
  onLogprobs(logprobs: readonly TokenLogprob[]): void;
}

interface Question {
  fulfil(answer: FromEngine): void;
  reject(error: EngineError): void;
}
