/**
 * One line is wanted: its end is the end. Where nothing follows the cursor the model may begin with line breaks, and a
 * line that is only an opening bracket is of no use alone: there the other rules find the end.
 */
import { hasWord, isBlank, opens } from '../lines';
import { nothingTakenBack, type StopRule, written } from './rule';

export const lineEnd: StopRule = {
  name: 'end of the line',
  ends(lines, start) {
    if (start.extent.kind === 'block') return null;
    if (start.midLine) return lines.length;
    if (isBlank(written(lines, start))) return null;
    const first = lines.find((line) => !isBlank(line)) ?? '';
    return opens(first) && !hasWord(first) ? null : lines.length;
  },
  mayTakeBack: nothingTakenBack,
};
