/** The model goes round in circles: the last lines are the same as those before them. One copy stands. */
import { hasWord } from '../lines';
import type { StopRule } from './index';

/** Lines of the longest circle that is noticed. */
const MAX_PERIOD = 4;

export const repetition: StopRule = (lines) => {
  for (let period = 1; period <= MAX_PERIOD && 2 * period <= lines.length; period++) {
    const last = lines.slice(-period).join('\n');
    if (hasWord(last) && last === lines.slice(-2 * period, -period).join('\n')) return lines.length - period;
  }
  return null;
};
