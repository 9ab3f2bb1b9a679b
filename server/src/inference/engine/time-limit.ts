/** JavaScript that works on what others wrote (a template, a schema) must not keep the engine from all else. */
import { runInNewContext } from 'node:vm';
import { RequestError } from './request-error';

/**
 * Runs `act` at once, and interrupts it after `ms`. What it calls of native code is not interrupted.
 * @throws RequestError naming `what` when it took too long; else whatever `act` throws.
 */
export function within<Result>(ms: number, what: string, act: () => Result): Result {
  const results: Result[] = [];
  try {
    runInNewContext('act()', { act: () => void results.push(act()) }, { timeout: ms });
  } catch (error) {
    if (isTimeout(error)) throw new RequestError(`${what} took longer than ${ms} ms and was given up.`);
    throw error;
  }
  const [result] = results;
  if (result === undefined) throw new Error(`${what} came to nothing.`);
  return result;
}

/** It comes from another context, whose Error is not ours. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
