/**
 * What follows acceptance: while a suggestion is looked at, the one that would come after it is written at low priority
 * and remembered. The next key drops it.
 */
import type { GenerationStats } from '#protocol';
import type { Syntax } from './grammar';
import type { Clock, CompletionModel, Suggestion } from './index';
import { type JobRequest, prepare } from './job';
import type { Measures } from './measures';
import type { Cache } from './sources/cache';
import { write } from './write';

/** ms that a suggestion is looked at before more work is put into it. */
const PAUSE = 300;

export interface Speculation {
  /** Begins when nobody types for a while. */
  begin(request: JobRequest, model: CompletionModel, suggestion: Suggestion): void;
  drop(uri: string): void;
}

export interface SpeculationParts {
  readonly clock: Clock;
  readonly syntax: Syntax;
  readonly cache: Cache;
  readonly measures: Pick<Measures, 'cost'>;
  /** Nothing else is written or warmed for a document. */
  quiet(uri: string): Promise<void>;
}

export function createSpeculation(parts: SpeculationParts): Speculation {
  const { clock, syntax, cache, measures, quiet } = parts;
  const underWay = new Map<string, AbortController>();

  async function prepareNext(
    request: JobRequest,
    model: CompletionModel,
    signal: AbortSignal,
  ): Promise<void> {
    await clock.delay(PAUSE, signal);
    await quiet(request.uri);
    if (signal.aborted) return;
    const job = await prepare(request, model, syntax);
    if (typeof job === 'string' || cache.find(job.place) !== null) return;
    const onCost = (stats: GenerationStats) => measures.cost(stats, !signal.aborted);
    const written = await write(job, model, { priority: 'idle', signal, onCost });
    if (!signal.aborted) cache.remember(job.place, job.filter(written));
  }

  return {
    begin(request, model, suggestion) {
      const { uri } = request;
      underWay.get(uri)?.abort();
      const controller = new AbortController();
      underWay.set(uri, controller);
      // Nobody waits for it: what fails is not remembered, and that is all.
      prepareNext(accepted(request, suggestion), model, controller.signal)
        .catch(() => {})
        .finally(() => {
          if (underWay.get(uri) === controller) underWay.delete(uri);
        });
    },
    drop: (uri) => underWay.get(uri)?.abort(),
  };
}

/** The document as it will be. */
function accepted(request: JobRequest, { insertText, start, end }: Suggestion): JobRequest {
  const { selected: _, ...rest } = request;
  const text = request.text.slice(0, start) + insertText + request.text.slice(end);
  return { ...rest, text, offset: start + insertText.length };
}
