/**
 * The end of the block that was begun, by indentation alone: it holds for brackets, `end` and layout alike.
 * A line left of the start is outside. Back at the start, a closing line is the last one, unless it opens again
 * (`} else {`); any other line there is a new statement, and ends a block or a paragraph that was already written.
 */
import { closes, indentation, isBlank } from '../lines';
import type { StopRule } from './index';

const OPENS = /(?:[({[:]|=>|\b(?:then|do))\s*$/;
const CONTINUES = /^\s*(?:else|elif|elsif|except|finally|catch|rescue|ensure)\b/;

export const blockEnd: StopRule = (lines, { linePrefix }) => {
  const before = lines.slice(0, -1);
  const line = lines.at(-1);
  if (line === undefined || before.length === 0 || isBlank(line)) return null;

  const start = indentation(linePrefix);
  const column = indentation(line);
  if (column < start) return before.length;
  if (column > start) return null;
  if (closes(line)) return OPENS.test(line) ? null : lines.length;
  if (CONTINUES.test(line)) return null;

  const inner = before.slice(1);
  const blockWritten = inner.some((each) => !isBlank(each) && indentation(each) > start);
  const somethingWritten = before[0] !== linePrefix || inner.some((each) => !isBlank(each));
  const paragraphEnded = somethingWritten && isBlank(before.at(-1) ?? '');
  return blockWritten || paragraphEnded ? before.length : null;
};
