/**
 * One abort signal that follows several. Not `AbortSignal.any`: in Node 20 the garbage collector may take what that
 * returns while it is still waited for, and then a cancelled download goes on for ever.
 */
export async function withEither<T>(
  signals: readonly AbortSignal[],
  act: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const follow = () => controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  for (const signal of signals) signal.addEventListener('abort', follow);
  if (signals.some(({ aborted }) => aborted)) follow();
  try {
    return await act(controller.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', follow);
  }
}
