/**
 * What is waited for, or the end of waiting when the signal says so. Does not leave it to who does the work to hear of the
 * signal: in Node 20 `fetch` holds what listens so weakly that the garbage collector may take it, and then a cancelled
 * download waits on.
 * @param reason what it rejects with then; the signal's own when there is none
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal, reason?: Error): Promise<T> {
  return new Promise((fulfil, reject) => {
    const abort = () => reject(reason ?? signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(fulfil, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
