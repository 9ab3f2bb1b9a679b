/** How many tokens each part of a prompt may have, and lengths in characters that surely hold them. */
import type { CompletionModel } from '../index';
import type { Windows } from '../surroundings';

/** The three fill-in-the-middle tokens, and the beginning-of-sequence token that some engines add. */
const SPECIAL_TOKENS = 4;
/** A long suffix costs time at each key where the model reads it after the prefix, and says little more. */
const LONGEST_SUFFIX = 128;
/** A smaller context is left to the document. */
const SMALLEST_CONTEXT = 2048;
/** More than tokenizers pack into a token of code. */
const CHARACTERS_PER_TOKEN = 8;
/** Fewer than they pack, in all but strange texts: what is counted by it fits. */
const FEWEST_CHARACTERS_PER_TOKEN = 2.5;

/** In tokens. */
export interface Budget {
  readonly prefix: number;
  readonly suffix: number;
  readonly completion: number;
  /** For other files: what the context has beside one batch and twice the completion. */
  readonly context: number;
}

/** Three quarters of one batch for the prefix, at most one for the suffix; the context holds prompt and completion. */
export function budget(
  { batchSize, contextSize }: Pick<CompletionModel, 'batchSize' | 'contextSize'>,
  maxTokens: number,
): Budget {
  const completion = Math.max(1, Math.min(maxTokens, Math.floor(contextSize / 2)));
  const prompt = Math.min(batchSize, contextSize - completion);
  const prefix = Math.max(0, Math.floor((prompt * 3) / 4));
  const suffix = Math.min(LONGEST_SUFFIX, Math.max(0, prompt - prefix - SPECIAL_TOKENS));
  const spare = Math.max(0, contextSize - batchSize - 2 * completion);
  return { prefix, suffix, completion, context: contextSize < SMALLEST_CONTEXT ? 0 : spare };
}

export function windows({ prefix, suffix }: Budget): Windows {
  return { before: prefix * CHARACTERS_PER_TOKEN, after: suffix * CHARACTERS_PER_TOKEN };
}

/** UTF-16 units of other files that fit. */
export function contextLength({ context }: Budget): number {
  return Math.floor(context * FEWEST_CHARACTERS_PER_TOKEN);
}
