/** One completion with everything about it, for `vramesh complete --explain`: nothing remembered, nothing left out. */
import type { Explanation, FimSegment, GenerationStats } from '#protocol';
import type { Syntax } from './grammar';
import type { Clock, CompletionModel } from './index';
import { type JobRequest, prepare } from './job';
import { untilAborted } from './until-aborted';

/** ms for the engine to say what it cost, after it was stopped. */
const COST_PATIENCE = 1000;

export interface ExplainParts {
  readonly clock: Clock;
  readonly syntax: Syntax;
}

/** The explanation, or in words why there can be no completion at all. Rejects when the engine fails. */
export async function explain(
  request: JobRequest & { readonly signal: AbortSignal },
  model: CompletionModel,
  { clock, syntax }: ExplainParts,
): Promise<Explanation | string> {
  const job = await prepare(request, model, syntax);
  if (typeof job === 'string') return job;
  let told: (stats: GenerationStats) => void = () => {};
  const cost = new Promise<GenerationStats>((fulfil) => {
    told = fulfil;
  });
  const asked = job.ask({ signal: request.signal, onCost: (stats) => told(stats) });
  const collector = job.collect();
  for await (const piece of untilAborted(model.generate(asked), request.signal)) {
    if (!collector.take(piece)) break;
  }
  const written = collector.text();
  const { text, dropped, steps } = job.filter(written);
  return {
    model: model.name,
    prompt: asked.prompt.map(spelled).join(''),
    context: job.files.map(({ path, line, text: piece, origin }) => ({
      path,
      line,
      lines: piece.trimEnd().split('\n').length,
      origin,
    })),
    extent: job.extent.kind,
    written,
    stopped: collector.stopped(),
    cost: await Promise.race([cost, clock.delay(COST_PATIENCE, request.signal).then(() => null)]),
    filters: [...steps],
    offered: text,
    reason: dropped,
  };
}

function spelled(segment: FimSegment): string {
  return segment.kind === 'special' ? segment.token : segment.text;
}
