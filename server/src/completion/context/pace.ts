/** When the context may change: after a pause of the typist, and not too often. */

/** Nobody has typed for so long. */
const QUIET_MS = 1500;
/** From one change to the next. */
const INTERVAL_MS = 3000;

export interface Pace {
  typed(now: number): void;
  changed(now: number): void;
  /** ms until it may change, if nobody types; 0: now. */
  wait(now: number): number;
}

export function createPace(): Pace {
  let typedAt = Number.NEGATIVE_INFINITY;
  let changedAt = Number.NEGATIVE_INFINITY;
  return {
    typed(now) {
      typedAt = now;
    },
    changed(now) {
      changedAt = now;
    },
    wait: (now) => Math.max(0, typedAt + QUIET_MS - now, changedAt + INTERVAL_MS - now),
  };
}
