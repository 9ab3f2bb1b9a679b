/** Small questions about one line of code. */

const TAB_COLUMNS = 4;
const CLOSES = /^\s*(?:[)\]}]|<\/|(?:end|fi|done|esac)\b)/;

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
