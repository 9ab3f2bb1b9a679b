/**
 * Whether it may be this machine that has gone, and not the others: it slept, or its addresses are not those that it had.
 * A laptop that leaves the office must not take the workstation's silence for its death.
 */

/** ms between two looks at the clock; one that comes this much later has slept, or was stopped. */
const lookMs = 1000;
const sleptMs = 5000;
/** ms after waking until the network can be expected back. */
const wakingMs = 60_000;

export interface Whereabouts {
  /** Differs where the machine is elsewhere, or has slept in between. */
  mark(): string;
  /** It has just woken: whoever is silent may only be not connected again yet. */
  isWaking(): boolean;
  close(): void;
}

export function watchWhereabouts(addresses: () => readonly string[]): Whereabouts {
  let lookedAt = Date.now();
  let sleeps = 0;
  let wokeAt: number | null = null;
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - lookedAt > lookMs + sleptMs) {
      sleeps += 1;
      wokeAt = now;
    }
    lookedAt = now;
  }, lookMs);
  timer.unref();
  return {
    mark: () => JSON.stringify([sleeps, addresses()]),
    isWaking: () => wokeAt !== null && Date.now() - wokeAt < wakingMs,
    close: () => clearInterval(timer),
  };
}
