/** Fills the engine's KV cache with what the next prompt begins with, so that the next key pays only for itself. */
import type { GenerationStats } from '#protocol';
import type { Syntax } from './grammar';
import type { CompletionModel } from './index';
import { type JobRequest, prepare } from './job';
import type { Measures } from './measures';
import { write } from './write';

export interface WarmParts {
  readonly syntax: Syntax;
  readonly measures: Pick<Measures, 'cost'>;
}

export type WarmRequest = JobRequest & { readonly signal: AbortSignal };

/** Never rejects: nobody waits for it, and what fails is only not warm. */
export async function warm(
  request: WarmRequest,
  model: CompletionModel,
  { syntax, measures }: WarmParts,
): Promise<void> {
  const job = await prepare(request, model, syntax);
  if (typeof job === 'string') return;
  const manner = {
    maxTokens: 0,
    priority: 'idle',
    signal: request.signal,
    onCost: (stats: GenerationStats) => measures.cost(stats, false),
  } as const;
  await write(job, model, manner).catch(() => {});
}
