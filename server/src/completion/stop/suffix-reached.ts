/** The model has arrived at the text that already follows the cursor. A filter takes it away. */
import { whereSuffixStarts } from '../filters/lines-below';
import type { StopRule } from './index';

export const suffixReached: StopRule = (lines, { linesBelow }) =>
  whereSuffixStarts(lines, linesBelow, 'more to come') === null ? null : lines.length;
