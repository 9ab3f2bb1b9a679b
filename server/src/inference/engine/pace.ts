/**
 * Text to the host in few messages: a message costs both processes about as much as a small model needs for a token.
 * The first piece goes at once; later ones a moment after, together, while the next token is already being decoded.
 */
import type { TokenLogprob } from '#protocol';

/** ms: far below what an eye can tell, a few tokens of a fast model */
const PACE_MS = 4;

export interface PacedText {
  push(text: string, logprobs: readonly TokenLogprob[]): void;
  /** Sends what waits. */
  flush(): void;
}

export function paceText(send: (text: string, logprobs: TokenLogprob[]) => void): PacedText {
  let waiting = '';
  let told: TokenLogprob[] = [];
  let begun = false;
  let timer: NodeJS.Timeout | null = null;

  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting !== '') send(waiting, told);
    waiting = '';
    told = [];
  };

  return {
    flush,
    push(text, logprobs) {
      waiting += text;
      told.push(...logprobs);
      if (begun) timer ??= setTimeout(flush, PACE_MS);
      else flush();
      begun = true;
    },
  };
}
