/** When to try again, and when to stop trying. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError, Refused, reasonOf } from './http';

export interface Patience {
  /** Tries in a row without any progress, before it is given up. */
  readonly tries: number;
  /** Wait before the second try, in ms; doubles from try to try. */
  readonly firstWaitMs: number;
  /** No wait is longer, not even one that the server asks for. */
  readonly longestWaitMs: number;
}

/** The file on the server is not the one that was begun. */
export class Changed extends Error {
  constructor() {
    super('The file changed on the server.');
  }
}

/**
 * Runs `once` until it succeeds. It reports progress, which makes the count of tries begin again. Rejects at once with
 * what cannot get better: a signal, a refusal, a status that stays, a disk error.
 */
export async function persist<T>(
  patience: Patience,
  signal: AbortSignal,
  once: (progress: () => void) => Promise<T>,
): Promise<T> {
  let failures = 0;
  for (;;) {
    try {
      return await once(() => {
        failures = 0;
      });
    } catch (error) {
      signal.throwIfAborted();
      if (isFinal(error)) throw error;
      failures += 1;
      if (failures >= patience.tries) throw new Refused(`${reasonOf(error)} It was tried ${failures} times.`);
      await sleep(waitMs(error, failures, patience), undefined, { signal });
    }
  }
}

function waitMs(error: unknown, failures: number, { firstWaitMs, longestWaitMs }: Patience): number {
  const asked = error instanceof HttpError ? (error.retryAfterMs ?? 0) : 0;
  // Jitter: pieces that failed together do not come back together.
  const backOff = firstWaitMs * 2 ** (failures - 1) * (0.5 + Math.random());
  return Math.min(longestWaitMs, Math.max(asked, backOff));
}

function isFinal(error: unknown): boolean {
  if (error instanceof Refused || error instanceof Changed) return true;
  if (error instanceof HttpError) return error.status < 500 && error.status !== 429 && error.status !== 408;
  // Of the file system (errno on the error itself); the network's lie in `cause`.
  return error instanceof Error && 'syscall' in error;
}
