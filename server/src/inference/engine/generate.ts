/** One request on one sequence: evaluate what its KV cache does not hold yet, then decode token by token. */
import type { LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel, Token } from 'node-llama-cpp';
import type { GeneratePriority, GenerationOptions, GenerationResult, GenerationStats } from '#protocol';
import { createGate } from './gate';
import { draw, drawingOf } from './sampling';
import { createTextStream } from './text-stream';
import { createWriter, type Emit } from './writer';

/**
 * ms that one prefill step should take: an abort is heard between steps, and other sequences get their turn. Somebody who
 * needs a sequence waits for a step of idle work.
 */
const PREFILL_STEP_MS: Record<GeneratePriority, number> = { user: 250, chat: 250, api: 250, idle: 50 };
const SMALLEST_PREFILL_STEP = 32;
/** Tokens of a prompt below which its speed says nothing. */
const FEWEST_TO_TIME = 64;

export interface GenerateJob {
  readonly prompt: readonly Token[];
  /** 0: only the KV cache is filled. */
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly priority: GeneratePriority;
  /** Those of a program. */
  readonly options: GenerationOptions | undefined;
  /** What the text is held to; null: any text. */
  readonly grammar: LlamaGrammarEvaluationState | null;
  readonly signal: AbortSignal;
  /** ms, when the request came in */
  readonly receivedAt: number;
}

export interface Generator {
  /**
   * @param emit gets the text as it becomes certain.
   * @param alive is called while a long prefill goes on.
   */
  generate(
    sequence: LlamaContextSequence,
    job: GenerateJob,
    emit: Emit,
    alive: () => void,
  ): Promise<GenerationResult>;
}

/** @param tokenTime ms to decode one token, the first guess at the speed of a prefill; null: too fast to matter. */
export function createGenerator(model: LlamaModel, batchSize: number, tokenTime: number | null): Generator {
  const isSpecial = memoized((token: Token) => model.isEogToken(token) || model.isSpecialToken(token));
  const gate = createGate();
  let prefillTime = tokenTime ?? 0;

  /**
   * Evaluates the rest of the prompt, but for its last step if the first decode takes that along. What is evaluated stays in
   * the KV cache, also after an abort. Answers how much it did.
   */
  const prefill = async (
    sequence: LlamaContextSequence,
    { prompt, maxTokens, priority, signal }: GenerateJob,
    alive: () => void,
  ): Promise<number> => {
    const tokens = prompt.slice(sequence.nextTokenIndex);
    let done = 0;
    while (!signal.aborted) {
      const length = prefillStepFor(prefillTime, batchSize, PREFILL_STEP_MS[priority]);
      const left = tokens.length - done;
      if (left === 0 || (left <= length && maxTokens > 0)) break;
      const step = tokens.slice(done, done + length);
      if (gate.closed !== null) await gate.closed;
      const begin = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(step);
      done += step.length;
      // fewer tell more about one call than about many tokens
      if (step.length >= SMALLEST_PREFILL_STEP) prefillTime = (performance.now() - begin) / step.length;
      alive();
    }
    return done;
  };

  return {
    async generate(sequence, job, emit, alive) {
      const { prompt, maxTokens, temperature, seed, options, grammar, signal } = job;
      const queue_ms = performance.now() - job.receivedAt;
      // one token is always left to evaluate: the next one follows from it
      const kept = maxTokens === 0 ? [...prompt] : prompt.slice(0, -1);
      const reusable = options?.reuse_cache === false ? [] : kept;
      await gate.alone(() => sequence.adaptStateToTokens(reusable, false));
      const prefillBegin = performance.now();
      const reused = sequence.nextTokenIndex;
      let evaluated = await prefill(sequence, job, alive);

      let reason: GenerationResult['reason'] = 'end';
      let generated = 0;
      let prefilledAt = maxTokens === 0 ? performance.now() : null;
      let firstTokenAt: number | null = null;
      let lastTokenAt = performance.now();
      const written = specialTokens(model, options?.special_text ?? []);
      const endsText = (token: Token) => isSpecial(token) && !written.has(token);
      const characters = createTextStream<Token>(
        (tokens) => model.detokenize(tokens, written.size > 0),
        prompt.at(-1),
      );
      const text = createWriter(characters, options?.stop ?? [], emit);

      if (signal.aborted) reason = 'aborted';
      else if (maxTokens === 0) reason = 'length';
      else {
        const lastStep = prompt.slice(reused + evaluated);
        evaluated += lastStep.length;
        const drawn: Token[] = [];
        const top = options?.top_logprobs ?? null;
        const drawing = {
          temperature,
          seed,
          ...(options && drawingOf(options, () => [...prompt, ...drawn])),
          ...(grammar && { grammarEvaluationState: grammar }),
        };
        for await (const { token, logprob } of draw(sequence, lastStep, drawing, top)) {
          lastTokenAt = performance.now();
          prefilledAt ??= lastTokenAt;
          if (signal.aborted) reason = 'aborted';
          if (signal.aborted || endsText(token)) break;
          firstTokenAt ??= lastTokenAt;
          generated++;
          drawn.push(token);
          text.push(token, logprob);
          if (text.stoppedBy !== null) reason = 'stop';
          else if (generated >= maxTokens) reason = 'length';
          else {
            if (gate.closed !== null) await gate.closed;
            continue;
          }
          break;
        }
        if (reason !== 'aborted') text.end();
      }
      return {
        reason,
        stopped_by: text.stoppedBy,
        stats: {
          prompt_tokens: prompt.length,
          reused_tokens: reused,
          evaluated_tokens: evaluated,
          generated_tokens: generated,
          queue_ms,
          first_token_ms: firstTokenAt === null ? null : firstTokenAt - job.receivedAt,
          total_ms: performance.now() - job.receivedAt,
          prefill_tokens_per_second:
            prefilledAt === null ? null : prefillSpeed(evaluated, prefilledAt - prefillBegin),
          tokens_per_second:
            firstTokenAt === null || generated < 2
              ? null
              : ((generated - 1) / (lastTokenAt - firstTokenAt)) * 1000,
        },
      };
    },
  };
}

/** Those of `spellings` that are one token here. */
function specialTokens(model: LlamaModel, spellings: readonly string[]): ReadonlySet<Token> {
  const spelled = spellings.map((spelling) => model.tokenize(spelling, true));
  return new Set(
    spelled.flatMap(([token, ...more]) => (token === undefined || more.length > 0 ? [] : [token])),
  );
}

/** What a request costs that was aborted before a sequence was free for it. */
export function costOfWaiting(job: GenerateJob): GenerationStats {
  return {
    prompt_tokens: job.prompt.length,
    reused_tokens: 0,
    evaluated_tokens: 0,
    generated_tokens: 0,
    queue_ms: null,
    first_token_ms: null,
    total_ms: performance.now() - job.receivedAt,
    prefill_tokens_per_second: null,
    tokens_per_second: null,
  };
}

/** Tokens per second; null for a prompt so short that it tells more about one call than about many tokens. */
export function prefillSpeed(tokens: number, ms: number): number | null {
  return tokens < FEWEST_TO_TIME || ms <= 0 ? null : (tokens / ms) * 1000;
}

/**
 * @param tokenTime ms that one token takes.
 * @param stepTime ms that the step may take.
 */
export function prefillStepFor(tokenTime: number, batchSize: number, stepTime: number): number {
  return Math.min(batchSize, Math.max(SMALLEST_PREFILL_STEP, Math.floor(stepTime / tokenTime)));
}

function memoized<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}
