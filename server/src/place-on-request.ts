/** Placing a model because a program asks for it: only where the user has said so. */
import type { Logger } from 'pino';
import { wishesSchema } from '#protocol';
import type { Place } from './sharing';

/** ms that a failure is told before it is tried again: whoever asks each second shall not begin it each second. */
const failureMs = 60_000;

export interface PlaceOnRequest {
  /** What the window wishes that spoke last. */
  setAllowed(allowed: boolean): void;
  /**
   * Whether it is being placed now. How far it is shows on its instance, once there is one. Throws why not, when it
   * could not be placed a moment ago.
   */
  begin(modelId: string): boolean;
}

/** @param always for a host without a window. */
export function createPlaceOnRequest(parts: { always: boolean; place: Place; log: Logger }): PlaceOnRequest {
  const { always, place, log } = parts;
  const beginning = new Set<string>();
  const failures = new Map<string, Error>();
  let allowed = false;

  function failed(modelId: string, error: Error): void {
    log.warn(`${modelId} was not placed: ${error.message}`);
    failures.set(modelId, error);
    setTimeout(() => failures.delete(modelId), failureMs).unref();
  }

  return {
    setAllowed(wished) {
      allowed = wished;
    },
    begin(modelId) {
      if (!always && !allowed) return false;
      const failure = failures.get(modelId);
      if (failure !== undefined) throw failure;
      if (beginning.has(modelId)) return true;
      beginning.add(modelId);
      log.info(`${modelId} is placed because a program asks for it.`);
      place({
        modelId,
        // Completions stay with the model that they have.
        wishes: wishesSchema.parse({ role: 'chat' }),
        previewId: null,
        keepFailure: true,
        signal: new AbortController().signal,
        onChange: () => {},
      })
        .catch((error: Error) => failed(modelId, error))
        .finally(() => beginning.delete(modelId));
      return true;
    },
  };
}
