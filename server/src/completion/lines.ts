/** Small questions about one line of code. */

const TAB_COLUMNS = 4;
const CLOSES = /^\s*(?:[)\]}]|<\/|(?:end|fi|done|esac)\b)/;
const OPENS = /(?:[({[:]|[=-]>|:\s[|>][+-]?|\b(?:then|do|else|begin|repeat))$/;
const OPENS_TAG = /<([a-z][\w:.-]*)\b[^<>]*(?<!\/)>$/;
const VOID_TAGS = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const COMMENT = /^\s*(?:\/\/|#(?:[\s#!]|$)|--(?:\s|$)|\/\*|\*(?:[\s/]|$)|<!--)/;

export function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** Something to read is in it, not only punctuation. */
export function hasWord(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line);
}

/** The line closes what an earlier one opened: `}`, `</ul>`, `end`. */
export function closes(line: string): boolean {
  return CLOSES.test(line);
}

/** The line opens what a later one closes, or is the head of what is indented below: `{`, `<ul>`, `if a:`, `then`. */
export function opens(line: string): boolean {
  const trimmed = line.trimEnd();
  const tag = OPENS_TAG.exec(trimmed)?.[1];
  return OPENS.test(trimmed) || (tag !== undefined && !VOID_TAGS.has(tag));
}

/** The line is nothing but a comment, or begins with one, in most languages. */
export function isComment(line: string): boolean {
  return COMMENT.test(line);
}

/** Neither blank nor a comment. */
export function stands(line: string): boolean {
  return !isBlank(line) && !isComment(line);
}

/** Columns before the first character. */
export function indentation(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += TAB_COLUMNS;
    else break;
  }
  return columns;
}
