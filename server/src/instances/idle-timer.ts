/** Tells when an instance has had nothing to do for long enough to give its memory back. */

export interface IdleTimer {
  /** A request begins; call the result when it has ended. */
  busy(): () => void;
  /** Requests that have begun and not ended. */
  readonly running: number;
  /** Counts from now: the model is ready, or the limit has changed. */
  restart(): void;
  close(): void;
}

/** @param limitMs asked at each start; `null`: never */
export function createIdleTimer(limitMs: () => number | null, onIdle: () => void): IdleTimer {
  let timer: NodeJS.Timeout | undefined;
  let running = 0;
  let closed = false;

  function restart(): void {
    clearTimeout(timer);
    const limit = limitMs();
    if (closed || running > 0 || limit === null) return;
    timer = setTimeout(onIdle, limit);
    timer.unref();
  }

  return {
    restart,
    get running() {
      return running;
    },
    busy() {
      running += 1;
      clearTimeout(timer);
      return () => {
        running -= 1;
        restart();
      };
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
