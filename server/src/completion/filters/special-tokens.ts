/**
 * Special tokens that the model spelled out as text: the completion ends before the first one. Known are the model's
 * own fill-in-the-middle tokens, and shapes that no programming language writes.
 */
import type { FimTokens } from '#protocol';

const SHAPES =
  /<\|[\w▁-]{1,40}\|>|<｜[\w▁]{1,40}｜>|<\[?fim[-_](?:prefix|suffix|middle|pad)\]?>|<(?:file_sep|repo_name|reponame)>/u;
/** The beginning of one at the very end: the token limit fell inside it. */
const BEGUN_SHAPE = /<(?:\|[\w▁-]{1,40}\|?|｜[\w▁]{0,40}｜?|\[?fim[-_][a-z]{0,6}\]?)$/u;
/** Shorter beginnings of the model's own tokens are ordinary text: `<P`, `[S`. */
const SHORTEST_BEGINNING = 3;

/** Where the first one starts; -1: there is none. */
export function indexOfSpecialToken(text: string, fim: FimTokens): number {
  const found = [text.search(SHAPES), ...spellings(fim).map((token) => text.indexOf(token))];
  return found.filter((at) => at >= 0).sort((a, b) => a - b)[0] ?? -1;
}

export function cutSpecialTokens(text: string, fim: FimTokens): string {
  const at = indexOfSpecialToken(text, fim);
  let kept = at < 0 ? text : text.slice(0, at);
  for (let begun = beginningAtEnd(kept, fim); begun > 0; begun = beginningAtEnd(kept, fim)) {
    kept = kept.slice(0, -begun);
  }
  return kept;
}

/** Length of what the text ends with, if that begins a special token; else 0. */
function beginningAtEnd(text: string, fim: FimTokens): number {
  const shape = BEGUN_SHAPE.exec(text);
  if (shape !== null) return shape[0].length;
  for (const token of spellings(fim)) {
    for (let length = token.length - 1; length >= SHORTEST_BEGINNING; length--) {
      if (text.endsWith(token.slice(0, length))) return length;
    }
  }
  return 0;
}

/** As they look in text: some vocabularies write a blank before a token as `▁`. */
function spellings({ prefix, suffix, middle }: FimTokens): string[] {
  return [prefix, suffix, middle ?? '']
    .map((token) => token.replace(/^▁/u, ''))
    .filter((token) => token !== '');
}
