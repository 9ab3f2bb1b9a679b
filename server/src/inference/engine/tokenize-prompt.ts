/** Prompt segments to tokens, in the model's own vocabulary. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { PromptSegment } from '#protocol';
import type { ChatTemplate } from './chat-template';
import { cutPrompt, type PromptPiece } from './cut-prompt';
import { RequestError } from './request-error';

/** No text has longer tokens than this on average: what is beyond is dropped before it costs time. */
const CHARACTERS_PER_TOKEN = 32;
/** Text is dropped in steps of this many UTF-16 units, so that typing at its end does not move its start. */
const DROP_STEP = 4096;

/**
 * The prompt's tokens, at most `budget`, with the beginning-of-sequence token where the model was trained with one.
 * @throws RequestError for a special token that the vocabulary does not have, or a chat without a template.
 */
export function tokenizePrompt(
  model: LlamaModel,
  segments: readonly PromptSegment[],
  budget: number,
  chatTemplate: ChatTemplate | null = null,
): Token[] {
  const pieces = segments.flatMap((segment): PromptPiece<Token>[] => {
    if (segment.kind === 'special') return [{ kind: 'special', token: specialToken(model, segment.token) }];
    if (segment.kind === 'raw') return kept(model.tokenize(segment.text, true));
    if (segment.kind === 'chat') {
      if (chatTemplate === null)
        throw new RequestError('This model has no chat template. It completes; it does not chat.');
      const parts = chatTemplate.render(segment.messages, segment.tools ?? null);
      return parts.flatMap(({ text, special }) =>
        kept(special ? model.tokenize(text, true) : tokenizeText(model, text)),
      );
    }
    const { text, max_tokens: maxTokens, keep } = segment;
    const likely = shorten(text, Math.min(maxTokens, budget) * CHARACTERS_PER_TOKEN, keep);
    return [{ kind: 'text', tokens: tokenizeText(model, likely), maxTokens, keep }];
  });

  const start = beginning(model);
  const [first] = pieces;
  // A chat template, or whoever writes special tokens, may have begun with it.
  if (start !== null && !(first?.kind === 'special' && first.token === start))
    pieces.unshift({ kind: 'special', token: start });
  const tokens = cutPrompt(pieces, budget);
  // llama.cpp needs one token to start from
  const any = model.tokens.bos ?? model.tokens.eos;
  return tokens.length === 0 && any !== null ? [any] : tokens;
}

/** What prompts of this model begin with; null: nothing. */
export function beginning({ tokens: { bos, shouldPrependBosToken } }: LlamaModel): Token | null {
  return shouldPrependBosToken ? bos : null;
}

/** Tokens that are never cut. */
function kept(tokens: readonly Token[]): PromptPiece<Token>[] {
  return tokens.map((token) => ({ kind: 'special', token }));
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
    throw new RequestError(`This model has no special token ${spelling}.`);
  return token;
}

/** About `length` UTF-16 units from one end, never half a surrogate pair. */
function shorten(text: string, length: number, keep: 'start' | 'end'): string {
  if (text.length <= length) return text;
  if (keep === 'start') return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  const dropped = Math.floor((text.length - length) / DROP_STEP) * DROP_STEP;
  return text.slice(dropped).replace(/^[\uDC00-\uDFFF]/, '');
}
