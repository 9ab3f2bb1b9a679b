/**
 * From tokens to the text that is sent: whole characters, ended before a stop text, each with what is told of its tokens.
 */
import type { TokenLogprob } from '#protocol';
import { createStopText } from './stop-text';
import type { TextStream } from './text-stream';

export type Emit = (text: string, logprobs: readonly TokenLogprob[]) => void;

export interface Writer<Token> {
  push(token: Token, logprob: TokenLogprob | null): void;
  /** No more tokens come. */
  end(): void;
  /** The stop text that came: what follows it is not wanted. */
  readonly stoppedBy: string | null;
}

export function createWriter<Token>(
  characters: TextStream<Token>,
  stops: readonly string[],
  emit: Emit,
): Writer<Token> {
  const stop = createStopText(stops);
  /** Of tokens whose text was not sent yet, and where in the whole text each begins. */
  let untold: { readonly begin: number; readonly logprob: TokenLogprob }[] = [];
  let received = 0;
  let sent = 0;

  const send = (text: string) => {
    if (text === '') return;
    sent += text.length;
    const told = untold.filter(({ begin }) => begin < sent);
    untold = untold.slice(told.length);
    emit(
      text,
      told.map(({ logprob }) => logprob),
    );
  };

  return {
    get stoppedBy() {
      return stop.stoppedBy;
    },
    push(token, logprob) {
      if (logprob !== null) untold.push({ begin: received, logprob });
      const text = characters.push(token);
      received += text.length;
      send(stop.push(text));
    },
    end() {
      send(stop.push(characters.end()));
      send(stop.end());
    },
  };
}
