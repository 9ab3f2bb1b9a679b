/**
 * Tokens to text, piece by piece. A token may end in the middle of a character (one emoji is often four tokens);
 * such a piece waits until the character is whole, so no reader ever sees half of one.
 */

/** What a tokenizer shows for bytes that are not (yet) a character. */
const INCOMPLETE = String.fromCodePoint(0xfffd);
/** A UTF-8 character has at most this many bytes, and a token at least one: after that, more waiting cannot help. */
const LONGEST_CHARACTER_TOKENS = 4;

export interface TextStream<Token> {
  /** The text that became certain with this token; may be empty. */
  push(token: Token): string;
  /** What is still waiting, when no more tokens come; half a character is dropped. */
  end(): string;
}

/**
 * @param detokenize text of some tokens in a row.
 * @param before the token before the first one: some vocabularies write a token's leading space only after another.
 */
export function createTextStream<Token>(
  detokenize: (tokens: readonly Token[]) => string,
  before: Token | undefined,
): TextStream<Token> {
  let anchor: Token[] = before === undefined ? [] : [before];
  let anchorText = detokenize(anchor);
  let waiting: Token[] = [];

  const waitingText = () => {
    const text = detokenize([...anchor, ...waiting]);
    return text.startsWith(anchorText) ? text.slice(anchorText.length) : detokenize(waiting);
  };

  const release = (text: string) => {
    anchor = waiting.slice(-1);
    anchorText = detokenize(anchor);
    waiting = [];
    return text;
  };

  return {
    push(token) {
      waiting.push(token);
      const text = waitingText();
      if (text.endsWith(INCOMPLETE) && waiting.length < LONGEST_CHARACTER_TOKENS) return '';
      return release(text);
    },
    end() {
      if (waiting.length === 0) return '';
      let text = waitingText();
      while (text.endsWith(INCOMPLETE)) text = text.slice(0, -1);
      return release(text);
    },
  };
}
