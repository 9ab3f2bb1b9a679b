/**
 * One model loads at a time: while an engine takes its memory nobody can tell how much of what is free is already
 * spoken for, and two that load side by side are both slower.
 */
export type Turnstile = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createTurnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return async (work, signal) => {
    const before = last;
    let leave: () => void = () => {};
    const mine = new Promise<void>((fulfil) => {
      leave = fulfil;
    });
    last = before.then(() => mine);
    try {
      await settledOrAborted(before, signal);
      return await work();
    } finally {
      leave();
    }
  };
}

function settledOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((fulfil, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', abort);
      fulfil();
    });
  });
}
