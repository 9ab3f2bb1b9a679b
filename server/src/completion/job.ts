/** What one place asks of a model: the prompt, how far the model may write, and what is left of what it writes. */
import type { FimTokens } from '#protocol';
import { type Anchor, anchorAt } from './anchor';
import type { ContextChunk } from './context';
import { type Extent, extentAt } from './extent';
import { createFilter, type Filtered } from './filters';
import type { Grammar, Syntax } from './grammar';
import type { CompletionModel, CompletionRequest, GenerateRequest } from './index';
import { type Budget, budget, fimPrompt, fitting, windows } from './prompt';
import type { CachePlace } from './sources/cache';
import { type Collector, createCollector } from './stop';
import { look, type Surroundings } from './surroundings';

/** Greedy: the same place gets the same completion, so it may be remembered. */
const GREEDY = { temperature: 0, seed: 0 } as const;

/** How a model is asked, where not as usual: greedily, for somebody who waits. */
export type Manner = Partial<Pick<GenerateRequest, 'temperature' | 'seed' | 'priority' | 'maxTokens'>> &
  Pick<GenerateRequest, 'signal' | 'onCost'>;

export interface Job {
  readonly around: Surroundings;
  /** How much is wanted. */
  readonly extent: Extent;
  readonly place: CachePlace;
  /** Where its suggestion starts. */
  readonly anchor: Anchor;
  /** Pieces of other files that are in its prompt. */
  readonly files: readonly ContextChunk[];
  ask(manner: Manner): GenerateRequest;
  collect(): Collector;
  filter(written: string): Filtered;
}

/** Where a completion begins, as far as a job needs to know. */
export type JobRequest = Omit<CompletionRequest, 'signal' | 'debounce'>;

/** The job, or in words why there can be none. */
export async function prepare(
  request: JobRequest,
  model: CompletionModel,
  syntax: Syntax,
): Promise<Job | string> {
  const { fim } = model;
  if (fim === null) return 'the model has no fill-in-the-middle tokens, so it cannot complete at the cursor';
  const tokens = budget(model, request.maxTokens);
  const around = look(request, windows(tokens));
  if (typeof around === 'string') return around;
  const grammar = await syntax.grammar(request.languageId);
  return createJob(request, { modelKey: model.key, fim, around, grammar, tokens });
}

interface JobParts {
  readonly modelKey: string;
  readonly fim: FimTokens;
  readonly around: Surroundings;
  readonly grammar: Grammar | null;
  readonly tokens: Budget;
}

function createJob(request: JobRequest, { modelKey, fim, around, grammar, tokens }: JobParts): Job {
  const { uri, text, offset, selected, languageId, context } = request;
  // What was offered before needs neither.
  const extent = once(() => extentAt(around, grammar));
  const prompt = once(() => fimPrompt(fim, { around, languageId, context }, tokens));
  return {
    around,
    get extent() {
      return extent();
    },
    place: { modelKey, languageId, contextVersion: context.version, around },
    anchor: anchorAt(text, offset, { offset: selected?.start }),
    files: fitting(context, tokens),
    ask: (manner) => ({
      prompt: prompt(),
      maxTokens: tokens.completion,
      ...GREEDY,
      priority: 'user',
      affinity: uri,
      ...manner,
    }),
    collect: () => createCollector({ ...around, extent: extent(), grammar }, fim),
    filter: createFilter(around, fim, request),
  };
}

function once<T extends object>(work: () => T): () => T {
  let done: T | null = null;
  return () => {
    done ??= work();
    return done;
  };
}
