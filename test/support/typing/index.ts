/** Typing, as a test needs it: traces, and a window that plays them. */
import { programs } from './programs';
import type { Trace } from './trace';
import { writeTrace } from './typist';

export { numbersOf, percentile } from './numbers';
export { type Played, play } from './player';
export { createProbe, generationsFor, type HostReport, mostAtOnce } from './probe';
export { type Offer, readOffers } from './screen';
export { readTraces, type Trace } from './trace';

/** What test/fixtures/traces holds. */
export function allTraces(): Trace[] {
  return programs.map(writeTrace);
}
