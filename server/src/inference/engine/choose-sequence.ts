/** Which sequence should a request decode in? The one whose KV cache already holds most of its prompt. */

export interface SequenceState<Token> {
  readonly busy: boolean;
  /** its request was aborted: it will be free within a token */
  readonly stopping: boolean;
  /** who used it last */
  readonly affinity: string | null;
  /** what its KV cache holds */
  readonly tokens: readonly Token[];
  /** a counter that grows with every use; 0: never used */
  readonly lastUsed: number;
}

/** Below this share of the prompt, taking over another affinity's KV cache costs more than it saves. */
const WORTH_TAKING = 0.5;

/** Number of tokens that two lists have in common at their start. */
export function commonPrefixLength<Token>(a: readonly Token[], b: readonly Token[]): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}

/**
 * Index of the sequence to use now, or null to wait: all are busy, or the one that holds this affinity's KV cache is
 * about to be free.
 */
export function chooseSequence<Token>(
  sequences: readonly SequenceState<Token>[],
  request: { affinity: string; tokens: readonly Token[] },
): number | null {
  const own = indexOfBest(sequences, (sequence) =>
    sequence.affinity === request.affinity ? sequence.lastUsed : null,
  );
  if (own !== null) {
    if (!sequences[own]?.busy) return own;
    if (sequences[own]?.stopping) return null;
  }

  const worthTaking = request.tokens.length * WORTH_TAKING;
  const alike = indexOfBest(sequences, (sequence) => {
    if (sequence.busy) return null;
    const length = commonPrefixLength(sequence.tokens, request.tokens);
    return length > worthTaking ? length : null;
  });
  return alike ?? indexOfBest(sequences, (sequence) => (sequence.busy ? null : -sequence.lastUsed));
}

/** Index of the highest score, the first of equals; null when every score is null. */
function indexOfBest<Item>(items: readonly Item[], score: (item: Item) => number | null): number | null {
  let best: { index: number; score: number } | null = null;
  for (const [index, item] of items.entries()) {
    const value = score(item);
    if (value !== null && (best === null || value > best.score)) best = { index, score: value };
  }
  return best?.index ?? null;
}
