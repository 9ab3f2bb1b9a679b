/** Where a filled-in text ends early: before a line that is indented less, or with its line when time is up. Pure. */

export interface InfillLimit {
  /** What may be sent of the text so far. */
  push(text: string): string;
  /** What waited, when no more text comes. */
  end(): string;
  readonly reached: boolean;
}

/**
 * @param indent columns of white space that each line after the first must begin with; 0: none
 * @param ms after the first text, until the text ends with its line; 0: no limit
 * @param now a clock in ms
 */
export function createInfillLimit(indent: number, ms: number, now: () => number): InfillLimit {
  let begunAt: number | null = null;
  /** The beginning of a line, with the line break before it: nobody can tell yet how far it is indented. */
  let waiting = '';
  let reached = false;

  const isOver = () => ms > 0 && begunAt !== null && now() - begunAt > ms;

  return {
    get reached() {
      return reached;
    },
    push(text) {
      begunAt ??= now();
      let kept = '';
      for (const character of text) {
        if (reached) break;
        if (waiting !== '' && /[ \t]/.test(character)) {
          waiting += character;
        } else if (character === '\n') {
          // An empty line is indented as it likes.
          kept += waiting;
          waiting = '\n';
          reached = isOver();
        } else if (waiting !== '' && waiting.length - 1 < indent) {
          reached = true;
        } else {
          kept += waiting + character;
          waiting = '';
        }
      }
      if (indent === 0 && !reached) {
        kept += waiting;
        waiting = '';
      }
      return kept;
    },
    end() {
      const rest = reached ? '' : waiting;
      waiting = '';
      return rest;
    },
  };
}
