/** The model goes round in circles: the last lines are the same as those before them. One copy stands. */
import { hasWord } from '../lines';
import type { StopRule } from './rule';

/** Lines of the longest circle that is noticed. */
const MAX_PERIOD = 4;

export const repetition: StopRule = {
  name: 'repetition',
  ends(lines) {
    for (let period = 1; period <= MAX_PERIOD && 2 * period <= lines.length; period++) {
      const last = lines.slice(-period).join('\n');
      if (hasWord(last) && isRepeated(lines, period, period)) return lines.length - period;
    }
    return null;
  },
  mayTakeBack(lines) {
    for (let count = MAX_PERIOD - 1; count > 0; count--) {
      for (let period = count + 1; period <= MAX_PERIOD && period + count <= lines.length; period++) {
        if (isRepeated(lines, period, count)) return count;
      }
    }
    return 0;
  },
};

/** The last `count` lines are the same as those `period` lines before. */
function isRepeated(lines: readonly string[], period: number, count: number): boolean {
  const earlier = lines.slice(-period - count, lines.length - period);
  return lines.slice(-count).join('\n') === earlier.join('\n');
}
