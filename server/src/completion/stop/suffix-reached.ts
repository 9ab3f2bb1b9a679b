/** The model has arrived at the text that already follows the cursor. A filter takes it away. */
import { whereSuffixStarts } from '../filters/lines-below';
import type { StopRule } from './rule';

export const suffixReached: StopRule = {
  name: 'the lines below',
  ends: (lines, { linesBelow }) =>
    whereSuffixStarts(lines, linesBelow, 'more to come') === null ? null : lines.length,
  mayTakeBack(lines, { linesBelow }) {
    const start = whereSuffixStarts(lines, linesBelow, 'complete');
    return start === null ? 0 : lines.length - start;
  },
};
