/**
 * The prompt: prefix and suffix between the model's own fill-in-the-middle tokens, and how many tokens each may have.
 * The engine counts and cuts tokens; here only budgets are set, and a length in characters that surely holds them.
 */
import type { FimTokens, PromptSegment } from '#protocol';
import type { CompletionModel } from './index';
import type { Surroundings, Windows } from './surroundings';

/** The three fill-in-the-middle tokens, and the beginning-of-sequence token that some engines add. */
const SPECIAL_TOKENS = 4;
/** More than tokenizers pack into a token of code. */
const CHARACTERS_PER_TOKEN = 8;

/** In tokens. */
export interface Budget {
  readonly prefix: number;
  readonly suffix: number;
  readonly completion: number;
}

/** Three quarters of one batch for the prefix, one for the suffix; the context holds prompt and completion. */
export function budget(
  { batchSize, contextSize }: Pick<CompletionModel, 'batchSize' | 'contextSize'>,
  maxTokens: number,
): Budget {
  const completion = Math.max(1, Math.min(maxTokens, Math.floor(contextSize / 2)));
  const prompt = Math.min(batchSize, contextSize - completion);
  const prefix = Math.max(0, Math.floor((prompt * 3) / 4));
  return { prefix, suffix: Math.max(0, prompt - prefix - SPECIAL_TOKENS), completion };
}

export function windows({ prefix, suffix }: Budget): Windows {
  return { before: prefix * CHARACTERS_PER_TOKEN, after: suffix * CHARACTERS_PER_TOKEN };
}

/**
 * Prefix, suffix, then the middle token, after which the model writes. Without a middle token the suffix stands
 * first, and the model writes on after the prefix.
 */
export function fimPrompt(
  fim: FimTokens,
  { prefix, suffix }: Pick<Surroundings, 'prefix' | 'suffix'>,
  tokens: Budget,
): PromptSegment[] {
  const before: PromptSegment[] = [
    { kind: 'special', token: fim.prefix },
    { kind: 'text', text: prefix, max_tokens: tokens.prefix, keep: 'end' },
  ];
  const after: PromptSegment[] = [
    { kind: 'special', token: fim.suffix },
    { kind: 'text', text: suffix, max_tokens: tokens.suffix, keep: 'start' },
  ];
  if (fim.middle === null) return [...after, ...before];
  return [...before, ...after, { kind: 'special', token: fim.middle }];
}
