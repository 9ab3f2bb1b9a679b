/** Notices an engine that owes an answer and says nothing: frozen, stuck in a GPU driver, or waiting for a shard. */

export interface SilenceWatch {
  /** The engine has something to do now; silence counts from here. */
  begin(): void;
  /** It said something. */
  heard(): void;
  /** It owes nothing any more. */
  end(): void;
}

/** How long an engine may be silent, going by how long it has been silent so far. */
export interface Patience {
  /** ms, at most, and as long as nothing is known. */
  readonly mostMs: number;
  /** ms, at least. */
  readonly leastMs: number;
  /** Times the longest silence so far. */
  readonly factor: number;
}

/** @param patience ms of silence before `onSilent` is called, once; or what they are worked out from */
export function createSilenceWatch(
  patience: number | Patience,
  onSilent: (ms: number) => void,
): SilenceWatch {
  let timer: NodeJS.Timeout | null = null;
  let longest: number | null = null;
  let since = 0;

  function limit(): number {
    if (typeof patience === 'number') return patience;
    const { mostMs, leastMs, factor } = patience;
    return longest === null ? mostMs : Math.min(mostMs, Math.max(leastMs, longest * factor));
  }

  function wait(): void {
    since = performance.now();
    const ms = limit();
    timer = setTimeout(() => onSilent(ms), ms);
  }

  return {
    begin() {
      if (timer === null) wait();
    },
    heard() {
      if (timer === null) return;
      longest = Math.max(longest ?? 0, performance.now() - since);
      clearTimeout(timer);
      wait();
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
