/**
 * The fill-in-the-middle tokens of a model, from its vocabulary alone: file names say nothing, and a wrong guess
 * shows up as a literal `<PRE>` in the editor.
 */
import type { LlamaModel } from 'node-llama-cpp';
import type { FimTokens } from '#protocol';

/** What the search needs of a model. */
export interface Vocabulary {
  /** as llama.cpp knows them; null: not in this vocabulary */
  readonly known: { readonly [role in keyof FimTokens]: string | null };
  /** whether this spelling is one single control token */
  isControlToken(spelling: string): boolean;
}

/** Spellings that llama.cpp does not know. Codestral and its kin: suffix first, no middle token. */
const FURTHER_SPELLINGS: readonly FimTokens[] = [{ prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: null }];

/** The tokens to prompt with, or null for a model that cannot fill in the middle. */
export function findFimTokens(vocabulary: Vocabulary): FimTokens | null {
  const { prefix, suffix, middle } = vocabulary.known;
  if (prefix !== null && suffix !== null) return { prefix, suffix, middle };
  const isPresent = (spelling: FimTokens) =>
    vocabulary.isControlToken(spelling.prefix) && vocabulary.isControlToken(spelling.suffix);
  return FURTHER_SPELLINGS.find(isPresent) ?? null;
}

export function vocabularyOf(model: LlamaModel): Vocabulary {
  const { infill } = model.tokens;
  return {
    known: { prefix: infill.prefixString, suffix: infill.suffixString, middle: infill.middleString },
    isControlToken(spelling) {
      const [token, ...more] = model.tokenize(spelling, true);
      return token !== undefined && more.length === 0 && model.getTokenAttributes(token).control;
    },
  };
}
