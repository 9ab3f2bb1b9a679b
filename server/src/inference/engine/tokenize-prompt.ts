/** Prompt segments to tokens, in the model's own vocabulary. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { PromptSegment } from '#protocol';
import { cutPrompt, type PromptPiece } from './cut-prompt';

/** No text has longer tokens than this on average: what is beyond is dropped before it costs time. */
const CHARACTERS_PER_TOKEN = 32;
/** Text is dropped in steps of this many UTF-16 units, so that typing at its end does not move its start. */
const DROP_STEP = 4096;

/**
 * The prompt's tokens, at most `budget`, with the beginning-of-sequence token where the model was trained with one.
 * @throws Error for a special token that the vocabulary does not have.
 */
export function tokenizePrompt(
  model: LlamaModel,
  segments: readonly PromptSegment[],
  budget: number,
): Token[] {
  const pieces = segments.map((segment): PromptPiece<Token> => {
    if (segment.kind === 'special') return { kind: 'special', token: specialToken(model, segment.token) };
    const { text, max_tokens: maxTokens, keep } = segment;
    const likely = shorten(text, Math.min(maxTokens, budget) * CHARACTERS_PER_TOKEN, keep);
    return { kind: 'text', tokens: tokenizeText(model, likely), maxTokens, keep };
  });

  const { bos, eos, shouldPrependBosToken } = model.tokens;
  if (shouldPrependBosToken && bos !== null) pieces.unshift({ kind: 'special', token: bos });
  const tokens = cutPrompt(pieces, budget);
  // llama.cpp needs one token to start from
  const start = bos ?? eos;
  return tokens.length === 0 && start !== null ? [start] : tokens;
}

/** Vocabularies of the SentencePiece kind put a space before every text; the prompt has none there. */
function tokenizeText(model: LlamaModel, text: string): Token[] {
  return model.vocabularyType === 'spm'
    ? model.tokenize(text, false, 'trimLeadingSpace')
    : model.tokenize(text, false);
}

function specialToken(model: LlamaModel, spelling: string): Token {
  const { infill } = model.tokens;
  if (spelling === infill.prefixString && infill.prefix !== null) return infill.prefix;
  if (spelling === infill.suffixString && infill.suffix !== null) return infill.suffix;
  if (spelling === infill.middleString && infill.middle !== null) return infill.middle;
  const [token, ...more] = model.tokenize(spelling, true);
  if (token === undefined || more.length > 0 || !model.isSpecialToken(token))
    throw new Error(`This model has no special token ${spelling}.`);
  return token;
}

/** About `length` UTF-16 units from one end, never half a surrogate pair. */
function shorten(text: string, length: number, keep: 'start' | 'end'): string {
  if (text.length <= length) return text;
  if (keep === 'start') return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  const dropped = Math.floor((text.length - length) / DROP_STEP) * DROP_STEP;
  return text.slice(dropped).replace(/^[\uDC00-\uDFFF]/, '');
}
