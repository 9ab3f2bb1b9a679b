/**
 * The end of the block that was begun, by indentation alone: it holds for brackets, `end` and layout alike.
 * A line left of the start is outside. Back at the start, a closing line is the last one, unless it opens again
 * (`} else {`); any other line there is a new statement, and ends what was already written: a block, a paragraph, or
 * what was opened and closed on the cursor's own line.
 */
import { closes, indentation, isBlank, opens } from '../lines';
import { nothingTakenBack, type StopRule } from './rule';

const CONTINUES = /^\s*(?:else|elif|elsif|except|finally|catch|rescue|ensure)\b/;

export const blockEnd: StopRule = {
  name: 'end of the block, by indentation',
  ends(lines, { linePrefix }) {
    const before = lines.slice(0, -1);
    const line = lines.at(-1);
    if (line === undefined || before.length === 0 || isBlank(line)) return null;

    const start = startColumn(before);
    const column = indentation(line);
    if (column < start) return before.length;
    if (column > start) return null;
    if (closes(line)) return opens(line) ? null : lines.length;
    if (CONTINUES.test(line)) return null;

    const inner = before.slice(1);
    const blockWritten = inner.some((each) => !isBlank(each) && indentation(each) > start);
    const headWritten = before[0]?.trimEnd() !== linePrefix.trimEnd();
    const somethingWritten = headWritten || inner.some((each) => !isBlank(each));
    const paragraphEnded = somethingWritten && isBlank(before.at(-1) ?? '');
    const endedOnItsLine = headWritten && !isBlank(linePrefix);
    return blockWritten || paragraphEnded || endedOnItsLine ? before.length : null;
  },
  mayTakeBack: nothingTakenBack,
};

/** On a blank line the model may indent further before it begins. */
export function startColumn(lines: readonly string[]): number {
  return indentation(lines[0] ?? '');
}
