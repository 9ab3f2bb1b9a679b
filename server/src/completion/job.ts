/** What one place asks of a model: the prompt, how far the model may write, and what is left of what it writes. */
import type { FimTokens } from '#protocol';
import { type Anchor, anchorAt } from './anchor';
import type { ContextChunk } from './context';
import { createFilter, type Filtered } from './filters';
import type { CompletionModel, CompletionRequest, GenerateRequest } from './index';
import { type Budget, budget, fimPrompt, fitting, windows } from './prompt';
import type { Answer, CachePlace } from './sources/cache';
import { type Collector, createCollector } from './stop';
import { look, type Surroundings } from './surroundings';

/** Greedy: the same place gets the same completion, so it may be remembered. */
const GREEDY = { temperature: 0, seed: 0 } as const;

/** How a model is asked, where not as usual: greedily, for somebody who waits. */
export type Manner = Partial<Pick<GenerateRequest, 'temperature' | 'seed' | 'priority' | 'maxTokens'>> &
  Pick<GenerateRequest, 'signal' | 'onCost'>;

export interface Job {
  readonly around: Surroundings;
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
export function prepare(request: JobRequest, model: CompletionModel): Job | string {
  const { fim } = model;
  if (fim === null) return 'the model has no fill-in-the-middle tokens, so it cannot complete at the cursor';
  const tokens = budget(model, request.maxTokens);
  const around = look(request, windows(tokens));
  if (typeof around === 'string') return around;
  return createJob(request, model.key, fim, around, tokens);
}

function createJob(
  { uri, text, offset, selected, languageId, context }: JobRequest,
  modelKey: string,
  fim: FimTokens,
  around: Surroundings,
  tokens: Budget,
): Job {
  const prompt = fimPrompt(fim, { around, languageId, context }, tokens);
  return {
    around,
    place: { modelKey, languageId, contextVersion: context.version, around },
    anchor: anchorAt(text, offset, selected?.start),
    files: fitting(context, tokens),
    ask: (manner) => ({
      prompt,
      maxTokens: tokens.completion,
      ...GREEDY,
      priority: 'user',
      affinity: uri,
      ...manner,
    }),
    collect: () => createCollector(around, fim),
    filter: createFilter(around, fim),
  };
}
