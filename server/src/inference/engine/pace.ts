/**
 * Text to the host in few messages: a message costs both processes about as much as a small model needs for a token.
 * The first piece goes at once; what follows within a few ms goes together. Nobody can see the difference.
 */

/** ms */
const PACE_MS = 4;

export interface PacedText {
  push(text: string): void;
  /** Sends what waits. */
  flush(): void;
}

export function paceText(send: (text: string) => void): PacedText {
  let waiting = '';
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting === '') return;
    send(waiting);
    waiting = '';
    sentAt = performance.now();
  };

  return {
    flush,
    push(text) {
      waiting += text;
      if (performance.now() - sentAt >= PACE_MS) flush();
      else timer ??= setTimeout(flush, PACE_MS);
    },
  };
}
