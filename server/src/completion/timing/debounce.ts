/**
 * How long to wait after a key before the model is asked. Whether the typist has paused is not known, so the wait is
 * as long as an answer takes: then asking too late costs at most as much time again, and asking too early at most as
 * much work again (the rule of rent or buy). A quick model is not asked before the next key would have come: its answer
 * would be there for less time than it takes to read. Nobody waits longer than a little more than the typist's own rhythm.
 */

/** ms, before anything was measured. */
const FIRST_WAIT = 75;
/** ms between two keys beyond which the typist has paused. */
const PAUSE = 1000;
/** Who has not pressed a key for this many usual intervals has paused. */
const INTERVALS = 1.5;
/** ms that a quick model waits for the next key at most: hardly felt. */
const NEXT_KEY = 100;
/** ms; more is felt as slowness. */
const LONGEST_WAIT = 400;
/** How much of each new reading goes into what is usual. */
const WEIGHT = 0.2;

export interface Debounce {
  /** A key was pressed; `at` in ms of any clock. */
  typed(at: number): void;
  /** The model took so many ms to have its first line ready. */
  answered(ms: number): void;
  /** ms. */
  wait(): number;
}

export function createDebounce(): Debounce {
  let lastKey: number | null = null;
  let interval: number | null = null;
  let answer: number | null = null;

  return {
    typed(at) {
      const since = lastKey === null ? PAUSE : at - lastKey;
      lastKey = at;
      if (since > 0 && since < PAUSE) interval = usual(interval, since);
    },
    answered(ms) {
      answer = usual(answer, ms);
    },
    wait() {
      if (answer === null || interval === null) return FIRST_WAIT;
      const wanted = Math.max(answer, Math.min(interval, NEXT_KEY));
      return Math.round(Math.min(wanted, interval * INTERVALS, LONGEST_WAIT));
    },
  };
}

function usual(before: number | null, reading: number): number {
  return before === null ? reading : before + (reading - before) * WEIGHT;
}
