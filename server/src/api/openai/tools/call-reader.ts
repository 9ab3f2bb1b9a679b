/** Tells calls from text while it is written: what may become a call waits until it is one, or is none. Pure. */
import type { Call } from './calls';

export interface Heard {
  readonly text: string;
  readonly calls: readonly Call[];
}

export interface CallReader {
  push(text: string): Heard;
  /** No more text comes: what waited. */
  end(): Heard;
}

export type ReadCalls = (text: string) => Call[] | null;

/**
 * Calls stand behind a mark anywhere in the text, up to another mark or its end. White space around them belongs to them.
 * @param close null: only the end of the text ends them
 */
export function markedCallReader(open: string, close: string | null, read: ReadCalls): CallReader {
  let waiting = '';
  let inside = false;
  let called = false;

  const advance = (ended: boolean): Heard => {
    let text = '';
    const calls: Call[] = [];
    for (;;) {
      if (!inside) {
        const at = waiting.indexOf(open);
        if (at < 0) break;
        text += waiting.slice(0, at).trimEnd();
        waiting = waiting.slice(at + open.length);
        inside = true;
      }
      const at = close === null ? -1 : waiting.indexOf(close);
      if (at < 0 && !ended) return { text, calls };
      const body = at < 0 ? waiting : waiting.slice(0, at);
      const mark = at < 0 ? '' : (close ?? '');
      waiting = waiting.slice(body.length + mark.length);
      inside = false;
      const found = read(body);
      if (found === null) text += open + body + mark;
      else calls.push(...found);
      called ||= found !== null;
    }
    const kept = ended ? (called && waiting.trim() === '' ? waiting.length : 0) : heldBack(waiting, open);
    text += waiting.slice(0, waiting.length - kept);
    waiting = ended ? '' : waiting.slice(waiting.length - kept);
    return { text, calls };
  };

  return {
    push(text) {
      waiting += text;
      return advance(false);
    },
    end: () => advance(true),
  };
}

/**
 * The whole text is a call, or it is none: that shows with its first character.
 * @param mark may stand before it
 */
export function wholeCallReader(mark: string | null, read: ReadCalls): CallReader {
  let waiting = '';
  let isText = false;

  const flush = (): Heard => {
    const text = waiting;
    waiting = '';
    return { text, calls: [] };
  };

  return {
    push(text) {
      waiting += text;
      const begun = waiting.trimStart();
      const isMark = mark !== null && (begun.startsWith(mark) || mark.startsWith(begun));
      isText ||= begun !== '' && !isMark && !/^[{[]/.test(begun);
      return isText ? flush() : { text: '', calls: [] };
    },
    end() {
      const begun = waiting.trim();
      const body = mark !== null && begun.startsWith(mark) ? begun.slice(mark.length) : begun;
      const calls = read(body) ?? several(body, read);
      return calls === null ? flush() : { text: '', calls };
    },
  };
}

/** Some write one after the other, with a semicolon or a line break between them. */
function several(text: string, read: ReadCalls): Call[] | null {
  const parts = text.split(/\s*[;\n]\s*/).filter((part) => part !== '');
  const calls = parts.map(read);
  return calls.length > 0 && calls.every((call) => call !== null) ? calls.flat() : null;
}

/** UTF-16 units at the end with which the mark may begin, and the white space before it. */
function heldBack(text: string, mark: string): number {
  let length = Math.min(mark.length - 1, text.length);
  while (length > 0 && !text.endsWith(mark.slice(0, length))) length -= 1;
  return text.length - text.slice(0, text.length - length).trimEnd().length;
}
