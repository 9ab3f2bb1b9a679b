/**
 * Ends the completion before a bracket that closes nothing: what it did not open itself, and nothing before the cursor
 * did, or what follows the cursor closes already. A bracket that is missing is never added.
 */
import type { CompletionRequest } from '../index';
import { indentation, isBlank } from '../lines';
import type { Surroundings } from '../surroundings';
import { COMMENT, isQuote, type Mark, partners, scanPairs } from './pairs';

/** Brackets, from the cursor outward, that are looked at on either side. */
const MAX_DEPTH = 64;
/** Prose, and shells with the `)` of their `case`: there a bracket may well stand alone. */
const LONE_BRACKETS = new Set([
  'asciidoc',
  'bat',
  'git-commit',
  'latex',
  'markdown',
  'mdx',
  'plaintext',
  'restructuredtext',
  'shellscript',
  'tex',
  'typst',
]);

export function cutClosingBrackets(
  text: string,
  { prefix, suffix, linePrefix }: Pick<Surroundings, 'prefix' | 'suffix' | 'linePrefix'>,
  { languageId }: Pick<CompletionRequest, 'languageId'>,
): string {
  const closers = scanPairs(text).closers.filter(({ character }) => !isQuote(character));
  if (closers.length === 0 || LONE_BRACKETS.has(languageId) || isInText(linePrefix)) return text;

  const open = stillOpen(prefix, suffix);
  for (const { index, character } of closers) {
    const opener = open.findLastIndex((each) => partners(each, character));
    if (opener < 0) return text.slice(0, index);
    open.length = opener;
  }
  return text;
}

/** In a comment, or in a string, brackets need no partner. */
function isInText(linePrefix: string): boolean {
  return (
    COMMENT.test(linePrefix) || scanPairs(linePrefix).closers.some(({ character }) => isQuote(character))
  );
}

/** The brackets before the cursor that nothing behind it closes, the outermost first. */
function stillOpen(prefix: string, suffix: string): string[] {
  const open = scanPairs(prefix).open.slice(-MAX_DEPTH);
  const closed = new Set<Mark>();
  let outer = open;
  for (const closer of scanPairs(suffix).closers.slice(0, MAX_DEPTH)) {
    const column = columnIfFirst(suffix, closer);
    const at = outer.findLastIndex(
      ({ character, index }) =>
        partners(character, closer.character) &&
        // A closing line belongs to the line that it is below: the window may show one and not the other.
        (column === null || column === indentation(lineAt(prefix, index))),
    );
    const opener = outer[at];
    if (opener === undefined) continue;
    closed.add(opener);
    outer = outer.slice(0, at);
  }
  return open.filter((each) => !closed.has(each)).map(({ character }) => character);
}

/** The column of a bracket that is the first of a line below the cursor's; else null. */
function columnIfFirst(text: string, { index }: Mark): number | null {
  const start = text.lastIndexOf('\n', index);
  return start >= 0 && isBlank(text.slice(start, index)) ? indentation(lineAt(text, index)) : null;
}

function lineAt(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index) + 1, end < 0 ? text.length : end);
}
