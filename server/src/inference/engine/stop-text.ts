/** Ends a text before the first of some stop texts, wherever the borders of its tokens are. Pure. */

export interface StopText {
  /** The text that is certain now; what may be the beginning of a stop text waits. */
  push(text: string): string;
  /** What waited, when no more text comes. */
  end(): string;
  /** The stop text that came; nothing follows it. */
  readonly stoppedBy: string | null;
}

export function createStopText(stops: readonly string[]): StopText {
  let waiting = '';
  let stoppedBy: string | null = null;

  const release = (length: number): string => {
    const text = waiting.slice(0, length);
    waiting = waiting.slice(length);
    return text;
  };

  return {
    get stoppedBy() {
      return stoppedBy;
    },
    push(text) {
      if (stoppedBy !== null) return '';
      waiting += text;
      const found = firstOf(stops, waiting);
      if (found === null) return release(waiting.length - longestBeginning(stops, waiting));
      stoppedBy = found.stop;
      const before = release(found.at);
      waiting = '';
      return before;
    },
    end: () => release(waiting.length),
  };
}

/** The stop text that begins first; of several at one place, the longest. */
function firstOf(stops: readonly string[], text: string): { stop: string; at: number } | null {
  let first: { stop: string; at: number } | null = null;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at < 0) continue;
    if (first === null || at < first.at || (at === first.at && stop.length > first.stop.length))
      first = { stop, at };
  }
  return first;
}

/** UTF-16 units at the end of `text` with which a stop text could begin. */
function longestBeginning(stops: readonly string[], text: string): number {
  let longest = 0;
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
      if (text.endsWith(stop.slice(0, length))) longest = length;
  return longest;
}
