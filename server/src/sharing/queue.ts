/**
 * The line before one instance: as many at a time as it decodes side by side, the others in turn, one of each caller after
 * the other, so that nobody waits for all of a caller who asks a hundred times at once. Who somebody looks at goes before
 * programs. Pure but for the clock.
 */

/** Requests that may wait for one instance. */
const mostWaiting = 128;
/** s */
const longestRetry = 60;

export class QueueFull extends Error {
  override readonly name = 'QueueFull';
  /** s until there may be room. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(`${mostWaiting} requests wait for this model already.`);
    this.retryAfter = retryAfter;
  }
}

export interface Caller {
  readonly name: string;
  /** Who has a user before it goes before those who have not. */
  readonly priority: 'chat' | 'api';
}

export interface Queue {
  readonly running: number;
  readonly waiting: number;
  /**
   * Resolves with how to leave, when it is this caller's turn; rejects with QueueFull, or with the signal's reason when it
   * aborts first.
   */
  enter(caller: Caller, signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  readonly begin: () => void;
}

/** @param width requests that may run at a time. @param now a clock in ms */
export function createQueue(width: number, now: () => number): Queue {
  /** By name, in the order in which the callers have their turn. */
  const lines: Record<Caller['priority'], Map<string, Waiter[]>> = { chat: new Map(), api: new Map() };
  let running = 0;
  let waiting = 0;
  /** ms that a request took of late; null: none has ended yet */
  let usual: number | null = null;

  const admit = (): (() => void) => {
    const begun = now();
    let left = false;
    running += 1;
    return () => {
      if (left) return;
      left = true;
      running -= 1;
      const took = now() - begun;
      usual = usual === null ? took : usual * 0.8 + took * 0.2;
      serve();
    };
  };

  const serve = () => {
    while (running < width) {
      const callers = lines.chat.size > 0 ? lines.chat : lines.api;
      const [next] = callers;
      if (next === undefined) return;
      const [name, line] = next;
      const [first, ...others] = line;
      callers.delete(name);
      // Its next one comes when all others had their turn.
      if (others.length > 0) callers.set(name, others);
      waiting -= 1;
      first?.begin();
    }
  };

  const remove = ({ name, priority }: Caller, waiter: Waiter) => {
    const callers = lines[priority];
    const line = callers.get(name) ?? [];
    const others = line.filter((other) => other !== waiter);
    waiting -= line.length - others.length;
    if (others.length > 0) callers.set(name, others);
    else callers.delete(name);
  };

  const retryAfter = () => {
    const ms = ((usual ?? 1000) * waiting) / width;
    return Math.min(longestRetry, Math.max(1, Math.ceil(ms / 1000)));
  };

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    enter(caller, signal) {
      return new Promise((fulfil, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (waiting >= mostWaiting) return reject(new QueueFull(retryAfter()));
        const giveUp = () => {
          remove(caller, waiter);
          reject(signal.reason);
        };
        const waiter: Waiter = {
          begin: () => {
            signal.removeEventListener('abort', giveUp);
            fulfil(admit());
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        const callers = lines[caller.priority];
        callers.set(caller.name, [...(callers.get(caller.name) ?? []), waiter]);
        waiting += 1;
        serve();
      });
    },
  };
}
