/**
 * The fill-in-the-middle tokens of a model, from its vocabulary alone: file names say nothing, and a wrong guess
 * shows up as a literal `<PRE>` in the editor.
 */
import type { LlamaModel } from 'node-llama-cpp';
import type { FimTokens } from '#protocol';

/** What the search needs of a model. */
export interface Vocabulary {
  /** as llama.cpp knows them; null: not in this vocabulary */
  readonly known: { readonly [role in 'prefix' | 'suffix' | 'middle']: string | null };
  /** whether this spelling is one single control token */
  isControlToken(spelling: string): boolean;
}

/** Spellings that llama.cpp does not know. Codestral and its kin: suffix first, no middle token. */
const FURTHER_SPELLINGS = [{ prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: null }];

/** llama.cpp knows those of repositories, too, but node-llama-cpp does not hand them out. The last ones are StarCoder2's. */
const REPOSITORY_SPELLINGS = [
  '<|fim_repo|>',
  '<|repo_name|>',
  '<fim-repo>',
  '<REPO>',
  '<reponame>',
  '<repo_name>',
];
const FILE_SPELLINGS = ['<|file_sep|>', '<file_sep>'];

/** The tokens to prompt with, or null for a model that cannot fill in the middle. */
export function findFimTokens({ known, isControlToken }: Vocabulary): FimTokens | null {
  const { prefix, suffix, middle } = known;
  const infill =
    prefix !== null && suffix !== null
      ? { prefix, suffix, middle }
      : FURTHER_SPELLINGS.find(({ prefix, suffix }) => isControlToken(prefix) && isControlToken(suffix));
  if (infill === undefined) return null;
  return {
    ...infill,
    repository: REPOSITORY_SPELLINGS.find(isControlToken) ?? null,
    file: FILE_SPELLINGS.find(isControlToken) ?? null,
  };
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
