/** Which sequence should a request decode in? The one whose KV cache already holds most of its prompt. */
import type { GeneratePriority } from '#protocol';

export interface SequenceState<Token> {
  /** whose request it works on; null: it is free */
  readonly running: GeneratePriority | null;
  /** its request was aborted: it will be free within a token */
  readonly stopping: boolean;
  /** a request waits for it already */
  readonly reserved: boolean;
  /** who used it last */
  readonly affinity: string | null;
  /** what its KV cache holds */
  readonly tokens: readonly Token[];
  /** ms, when it was used last; 0: never */
  readonly lastUsed: number;
  /** ms, when somebody's request last used what its KV cache holds; null: only idle work did, or nobody */
  readonly wantedAt: number | null;
}

export interface SequenceRequest<Token> {
  readonly affinity: string;
  readonly tokens: readonly Token[];
  readonly priority: GeneratePriority;
}

/** Below this share of the prompt, taking over another affinity's KV cache costs more than it saves. */
const WORTH_TAKING = 0.5;
/** ms after which idle work may take over what a user's request left: who types comes back sooner. */
const LEFT_ALONE_MS = 60_000;

/** Number of tokens that two lists have in common at their start. */
export function commonPrefixLength<Token>(a: readonly Token[], b: readonly Token[]): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}

/**
 * Index of the sequence to use, or to wait for if it is not free: the one that holds this affinity's KV cache is about to
 * be, or idle work has to make room. null: whichever is free first.
 */
export function chooseSequence<Token>(
  sequences: readonly SequenceState<Token>[],
  request: SequenceRequest<Token>,
  now: number,
): number | null {
  const own = indexOfBest(sequences, ({ affinity, reserved, lastUsed }) =>
    affinity === request.affinity && !reserved ? lastUsed : null,
  );
  if (request.priority === 'idle') return own ?? chooseForIdle(sequences, now);
  if (own !== null && willBeFree(sequences[own])) return own;

  const worthTaking = request.tokens.length * WORTH_TAKING;
  const alike = indexOfBest(sequences, (sequence) => {
    if (!isFree(sequence)) return null;
    const length = commonPrefixLength(sequence.tokens, request.tokens);
    return length > worthTaking ? length : null;
  });
  return alike ?? leastRecentlyUsed(sequences, isFree) ?? chooseForWaiting(sequences);
}

/** Nothing that a user's request would soon want is thrown away for idle work. */
function chooseForIdle<Token>(sequences: readonly SequenceState<Token>[], now: number): number | null {
  return (
    leastRecentlyUsed(sequences, (sequence) => isFree(sequence) && sequence.wantedAt === null) ??
    leastRecentlyUsed(
      sequences,
      (sequence) => isFree(sequence) && now - (sequence.wantedAt ?? 0) >= LEFT_ALONE_MS,
    )
  );
}

/** One that stops anyway before one whose idle work would be lost. */
function chooseForWaiting<Token>(sequences: readonly SequenceState<Token>[]): number | null {
  return (
    leastRecentlyUsed(sequences, ({ reserved, stopping }) => !reserved && stopping) ??
    leastRecentlyUsed(sequences, ({ reserved, running }) => !reserved && running === 'idle')
  );
}

function isFree<Token>({ running, reserved }: SequenceState<Token>): boolean {
  return running === null && !reserved;
}

function willBeFree<Token>(sequence: SequenceState<Token> | undefined): boolean {
  return (
    sequence !== undefined && (sequence.stopping || sequence.running === null || sequence.running === 'idle')
  );
}

function leastRecentlyUsed<Token>(
  sequences: readonly SequenceState<Token>[],
  may: (sequence: SequenceState<Token>) => boolean,
): number | null {
  return indexOfBest(sequences, (sequence) => (may(sequence) ? -sequence.lastUsed : null));
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
