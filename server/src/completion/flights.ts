/** Requests under way: one per document, and why each of them ended. */

export interface Flight {
  /** Aborts when nobody waits for the answer any more, and when the answer is complete. */
  readonly signal: AbortSignal;
  /** Why it was ended before its time; null while it may go on. */
  readonly ended: string | null;
  /** The answer is complete: what the engine may still be writing is aborted. */
  land(): void;
}

export interface Flights {
  /** Ends the flight of the same document. `outer` is the asker's own signal, for cancelling. */
  start(uri: string, outer: AbortSignal): Flight;
  end(uri: string, reason: string): void;
}

export function createFlights(): Flights {
  const inFlight = new Map<string, (reason: string) => void>();

  function start(uri: string, outer: AbortSignal): Flight {
    inFlight.get(uri)?.('superseded by a newer request');

    const controller = new AbortController();
    let ended: string | null = null;
    const land = () => {
      outer.removeEventListener('abort', cancel);
      if (inFlight.get(uri) === end) inFlight.delete(uri);
      controller.abort();
    };
    const end = (reason: string) => {
      ended ??= reason;
      land();
    };
    const cancel = () => end('cancelled');
    outer.addEventListener('abort', cancel);
    inFlight.set(uri, end);
    return {
      signal: controller.signal,
      get ended() {
        return ended;
      },
      land,
    };
  }

  return { start, end: (uri, reason) => inFlight.get(uri)?.(reason) };
}
