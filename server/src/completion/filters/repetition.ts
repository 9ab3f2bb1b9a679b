/** The model goes round in circles: the same lines again, or the same phrase up to the end of a line. One copy stands. */
import { hasWord } from '../lines';
import type { Surroundings } from '../surroundings';

/** Lines of the longest circle that is noticed. */
const MAX_LINES = 4;
/** Characters of a phrase, and how often it comes in a row: `a.parent.parent.parent` may be meant. */
const PHRASE = { min: 3, max: 80, copies: 4 };

export function cutRepetition(text: string, { linePrefix }: Pick<Surroundings, 'linePrefix'>): string {
  return cutPhrases(cutLines(text, linePrefix));
}

function cutLines(text: string, linePrefix: string): string {
  const lines = (linePrefix + text).split('\n');
  for (let end = 2; end <= lines.length; end++) {
    for (let period = 1; period <= MAX_LINES && 2 * period <= end; period++) {
      const last = lines.slice(end - period, end).join('\n');
      if (hasWord(last) && last === lines.slice(end - 2 * period, end - period).join('\n')) {
        return lines
          .slice(0, end - period)
          .join('\n')
          .slice(linePrefix.length);
      }
    }
  }
  return text;
}

function cutPhrases(text: string): string {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const once = cutPhrase([...line]);
    if (once !== null) return [...lines.slice(0, index), once].join('\n');
  }
  return text;
}

/** The line up to the end of the first copy; null: it does not end in copies. The last one may be cut short. */
function cutPhrase(characters: readonly string[]): string | null {
  const { length } = characters;
  for (let period = PHRASE.min; period <= PHRASE.max && period * PHRASE.copies <= length; period++) {
    let start = length - period;
    while (start > 0 && characters[start - 1] === characters[start - 1 + period]) start--;
    const phrase = characters.slice(start, start + period).join('');
    if (length - start >= PHRASE.copies * period && /\p{L}/u.test(phrase)) {
      return characters.slice(0, start + period).join('');
    }
  }
  return null;
}
