/** Brackets and quotes in a piece of code that begins and ends anywhere. */

export interface Pairs {
  /** The first bracket or quote that closes something from before the piece; null: none does. */
  readonly closer: { readonly index: number; readonly character: string } | null;
  /** Brackets that are still open at its end. */
  readonly open: number;
}

const OPENERS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/** A quote with a partner is a string, and what is in it does not count; one without closes a string from before. */
export function scanPairs(piece: string): Pairs {
  const open: string[] = [];
  let closer: Pairs['closer'] = null;
  for (let index = 0; index < piece.length; index++) {
    const character = piece.charAt(index);
    const opener = OPENERS.get(character);
    if (character === '\\') {
      index++;
    } else if ('"\'`'.includes(character)) {
      const partner = closingQuote(piece, index);
      if (partner < 0) closer ??= { index, character };
      else index = partner;
    } else if ('([{'.includes(character)) {
      open.push(character);
    } else if (opener !== undefined) {
      if (open.at(-1) === opener) open.pop();
      else closer ??= { index, character };
    }
  }
  return { closer, open: open.length };
}

/** Index of the partner of the quote at `index`; -1: it has none. */
function closingQuote(piece: string, index: number): number {
  for (let at = index + 1; at < piece.length; at++) {
    if (piece[at] === '\\') at++;
    else if (piece[at] === piece[index]) return at;
  }
  return -1;
}
