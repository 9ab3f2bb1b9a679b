/**
 * Brackets and quotes in a piece of code that begins and ends anywhere. Without a grammar: strings and comments are
 * known by what nearly all languages share.
 */

export interface Mark {
  readonly index: number;
  readonly character: string;
}

export interface Pairs {
  /** The brackets and quotes that close something from before the piece. */
  readonly closers: readonly Mark[];
  /** Brackets that are still open at its end, the outermost first. */
  readonly open: readonly Mark[];
}

/** `//` and `#`, where they stand alone: not in `https://`, `#include` or `#id`. */
export const COMMENT = /(?<!\S)(?:\/\/|#(?=\s))/;
const COMMENT_HERE = new RegExp(COMMENT, 'y');

const OPENERS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

export function isQuote(character: string): boolean {
  return character !== '' && '"\'`'.includes(character);
}

/** A quote with a partner is a string, and what is in it does not count; one without closes a string from before. */
export function scanPairs(piece: string): Pairs {
  const open: Mark[] = [];
  const closers: Mark[] = [];
  for (let index = 0; index < piece.length; index++) {
    const character = piece.charAt(index);
    if (character === '\\') {
      index++;
    } else if (isQuote(character)) {
      if (isLifetime(piece, index)) continue;
      const partner = closingQuote(piece, index);
      if (partner < 0) closers.push({ index, character });
      else index = partner;
    } else if ('([{'.includes(character)) {
      open.push({ index, character });
    } else if (OPENERS.has(character)) {
      if (partners(open.at(-1)?.character, character)) open.pop();
      else closers.push({ index, character });
    } else if (character === '/' || character === '#') {
      COMMENT_HERE.lastIndex = index;
      if (!COMMENT_HERE.test(piece)) continue;
      const end = piece.indexOf('\n', index);
      index = end < 0 ? piece.length : end;
    }
  }
  return { closers, open };
}

/**
 * Where a text closes what `expected` closes: in a string, that begins with the first such quote, whatever comes later.
 */
export function closersOf(text: string, [first]: readonly Mark[]): readonly Mark[] {
  const quote = first?.character ?? '';
  if (!isQuote(quote)) return scanPairs(text).closers;
  const end = new RegExp(`^(?:\\\\[^]|[^\\\\${quote}])*${quote}`).exec(text)?.[0].length ?? 0;
  if (end === 0) return [];
  const further = scanPairs(text.slice(end)).closers.map(({ index, character }) => ({
    index: end + index,
    character,
  }));
  return [{ index: end - 1, character: quote }, ...further];
}

export function partners(opener: string | undefined, closer: string): boolean {
  return opener !== undefined && OPENERS.get(closer) === opener;
}

/** Index of the partner of the quote at `index`; -1: it has none. Only a template goes on over a line end. */
function closingQuote(piece: string, index: number): number {
  const quote = piece.charAt(index);
  for (let at = index + 1; at < piece.length; at++) {
    const character = piece.charAt(at);
    if (character === '\\') at++;
    else if (character === quote && !isLifetime(piece, at)) return at;
    else if (character === '\n' && quote !== '`') return -1;
  }
  return -1;
}

/** Rust's `&'a` and `<'a>` are no strings. */
function isLifetime(piece: string, index: number): boolean {
  return piece[index] === "'" && /[&<]/.test(piece.charAt(index - 1));
}
