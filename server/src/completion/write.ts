/** One generation from its beginning to its end, for whoever does not look at it meanwhile. */
import type { CompletionModel } from './index';
import type { Job, Manner } from './job';
import { untilAborted } from './until-aborted';

/** What the model wrote until it ended, or had said enough, or nobody waited any more. */
export async function write(job: Job, model: CompletionModel, manner: Manner): Promise<string> {
  const collector = job.collect();
  for await (const piece of untilAborted(model.generate(job.ask(manner)), manner.signal)) {
    // Not to go on reading aborts the request.
    if (!collector.take(piece)) break;
  }
  return collector.text();
}
