/** How a request ended, in the few words that are counted. */
import type { Outcome } from '../../metrics';
import { HttpError } from '../errors';

/** @param error what it failed with; undefined: nothing */
export function outcomeOf(error: unknown): Outcome {
  if (error === undefined) return 'ok';
  const status = error instanceof HttpError ? error.statusCode : 500;
  if (status === 429) return 'busy';
  if (status === 503) return 'unavailable';
  return status < 500 ? 'refused' : 'failed';
}
