/** Makes a prompt fit: every text to its own limit, then, if it is still too long, the longest text further. */

export type PromptPiece<Token> =
  | { readonly kind: 'special'; readonly token: Token }
  | {
      readonly kind: 'text';
      readonly tokens: readonly Token[];
      readonly maxTokens: number;
      readonly keep: 'start' | 'end';
    };

/** The prompt's tokens, at most `budget` of them. */
export function cutPrompt<Token>(pieces: readonly PromptPiece<Token>[], budget: number): Token[] {
  const specials = pieces.filter((piece) => piece.kind === 'special').length;
  const limit = commonLimit(
    pieces.flatMap((piece) =>
      piece.kind === 'text' ? [Math.min(piece.tokens.length, piece.maxTokens)] : [],
    ),
    budget - specials,
  );
  const tokens = pieces.flatMap((piece) =>
    piece.kind === 'special'
      ? [piece.token]
      : kept(piece.tokens, Math.min(piece.maxTokens, limit), piece.keep),
  );
  // only where special tokens alone are more than the budget
  return tokens.slice(Math.max(0, tokens.length - budget));
}

/**
 * The length that no text may exceed, so that together they fit: cutting always the longest one further ends with
 * all long ones alike.
 */
function commonLimit(lengths: readonly number[], budget: number): number {
  let left = Math.max(0, budget);
  const ascending = [...lengths].sort((a, b) => a - b);
  for (const [index, length] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (length > share) return share;
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The start is cut in steps: while somebody types at the end, the first kept token stays the same for a while, and
 * with it the KV cache of all that follows.
 */
const STEPS = 8;

function kept<Token>(tokens: readonly Token[], length: number, keep: 'start' | 'end'): readonly Token[] {
  if (tokens.length <= length) return tokens;
  if (keep === 'start') return tokens.slice(0, length);
  const step = Math.max(1, Math.floor(length / STEPS));
  return tokens.slice(Math.ceil((tokens.length - length) / step) * step);
}
