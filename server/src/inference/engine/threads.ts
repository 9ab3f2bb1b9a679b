/**
 * How many CPU threads decode fastest here? More are not always better: with a small model or on a busy machine handing
 * out the work costs more than it brings, and far more where no lasting thread pool is there (native/). So it is measured.
 */

/** Tokens timed for one number of threads, unless they take longer than the time below. */
const TOKENS = 8;
/** ms for one number of threads. */
const CANDIDATE_MS = 120;
/** ms for the whole measurement: no new candidate is begun after it. */
const TOTAL_MS = 800;
/** A candidate this much slower than the best ends the search: fewer threads would be slower still. */
const CLEARLY_SLOWER = 1.5;

/** All cores first, then ever fewer: with a large model one thread alone could take seconds for a token. */
export function threadCandidates(cores: number): number[] {
  const candidates = [cores];
  for (let threads = 2 ** Math.floor(Math.log2(cores)); threads >= 1; threads /= 2)
    if (threads < cores) candidates.push(threads);
  return candidates;
}

/**
 * @param decodeOne decodes one token with that many threads.
 * @param now a clock in ms.
 * @returns the best number, and the ms that a token takes with it.
 */
export async function fastestThreads(
  candidates: readonly number[],
  decodeOne: (threads: number) => Promise<void>,
  now: () => number,
): Promise<{ threads: number; ms: number }> {
  const begin = now();
  let best = { threads: 1, ms: Number.POSITIVE_INFINITY };
  for (const threads of candidates) {
    const ms = await medianTokenTime(() => decodeOne(threads), now);
    if (ms < best.ms) best = { threads, ms };
    else if (ms > best.ms * CLEARLY_SLOWER) break;
    if (now() - begin > TOTAL_MS) break;
  }
  return best;
}

async function medianTokenTime(decodeOne: () => Promise<void>, now: () => number): Promise<number> {
  const times: number[] = [];
  const begin = now();
  for (let last = begin; times.length < TOKENS && last - begin < CANDIDATE_MS; ) {
    await decodeOne();
    const time = now();
    times.push(time - last);
    last = time;
  }
  times.sort((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
}
