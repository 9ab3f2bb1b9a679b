/** Other answers to the same question, for somebody who asked for it: drawn instead of taken greedily. */
import type { GenerationStats } from '#protocol';
import type { Clock, CompletionModel } from './index';
import type { Job } from './job';
import type { Measures } from './measures';
import type { Answer } from './sources/cache';
import { write } from './write';

/** Beside the greedy one. */
const MOST = 2;
const TEMPERATURE = 0.7;
/** ms: what is not there by then is left out. */
const PATIENCE = 1500;

export interface AlternativesParts {
  readonly job: Job;
  readonly model: CompletionModel;
  readonly clock: Clock;
  readonly measures: Pick<Measures, 'cost'>;
  readonly signal: AbortSignal;
}

/** Those that differ from `main` and from each other. Never rejects: what fails is left out. */
export async function alternatives(parts: AlternativesParts, main: Answer): Promise<Answer[]> {
  const { job, model, clock, measures, signal } = parts;
  const limit = new AbortController();
  const giveUp = () => limit.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  void clock.delay(PATIENCE, limit.signal).then(giveUp);

  const draw = async (seed: number): Promise<Answer | null> => {
    // What was cut off by the limit is half a thought.
    let isCutOff = false;
    const onCost = (stats: GenerationStats) => measures.cost(stats, !isCutOff);
    const manner = { temperature: TEMPERATURE, seed, signal: limit.signal, onCost };
    const written = await write(job, model, manner).catch(() => '');
    isCutOff = limit.signal.aborted;
    return isCutOff ? null : job.filter(written);
  };
  const drawn = await Promise.all(Array.from({ length: MOST }, (_, index) => draw(index + 1)));
  signal.removeEventListener('abort', giveUp);
  giveUp();

  const known = new Set([main.text, '']);
  return drawn.filter((answer): answer is Answer => {
    if (answer === null || known.has(answer.text)) return false;
    known.add(answer.text);
    return true;
  });
}
