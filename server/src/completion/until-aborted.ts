/**
 * The items of `source` until `signal` aborts. Does not wait for the source to notice: an engine that hangs must not
 * hang the one who has already stopped listening.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const aborted = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (!signal.aborted) {
      const step = await Promise.race([aborted, iterator.next()]);
      if (step === null || step.done === true) return;
      yield step.value;
    }
  } finally {
    // Not awaited: a generator that is busy answers `return` only after its current step.
    iterator.return?.().catch(() => {});
  }
}
