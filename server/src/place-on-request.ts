/** Placing a model because a program asks for it: only where the user has said so. */
import type { Logger } from 'pino';
import { wishesSchema } from '#protocol';
import type { Place } from './sharing';

export interface PlaceOnRequest {
  /** What the window wishes that spoke last. */
  setAllowed(allowed: boolean): void;
  /** Whether it is being placed now. How far it is and why it fails shows on its instance. */
  begin(modelId: string): boolean;
}

/** @param always for a host without a window. */
export function createPlaceOnRequest(parts: { always: boolean; place: Place; log: Logger }): PlaceOnRequest {
  const { always, place, log } = parts;
  const beginning = new Set<string>();
  let allowed = false;
  return {
    setAllowed(wished) {
      allowed = wished;
    },
    begin(modelId) {
      if (!always && !allowed) return false;
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
        .catch((error: Error) => log.warn(`${modelId} was not placed: ${error.message}`))
        .finally(() => beginning.delete(modelId));
      return true;
    },
  };
}
