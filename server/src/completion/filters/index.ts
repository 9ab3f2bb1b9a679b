/**
 * What is left of a completion that is worth offering. Each filter is pure and makes a text only shorter; they
 * are repeated until none finds anything. A text of which nothing is left was dropped.
 */
import type { FimTokens } from '#protocol';
import type { Surroundings } from '../surroundings';
import { cutBrokenCharacters } from './broken-characters';
import { dropDuplicateLine } from './duplicate-line';
import { trimDoubledSpace } from './leading-space';
import { cutLinesBelow } from './lines-below';
import { cutRestOfLine } from './rest-of-line';
import { cutSpecialTokens } from './special-tokens';
import { trimTrailingSpace } from './trailing-space';

const NOTHING = 'the model had nothing to add';

interface Step {
  /** What is said when nothing is left after it. */
  readonly drops: string;
  apply(text: string): string;
}

export interface Filtered {
  readonly text: string;
  /** Why nothing is left, in words; null when something is. */
  readonly dropped: string | null;
}

export function createFilter(around: Surroundings, fim: FimTokens): (written: string) => Filtered {
  const steps: readonly Step[] = [
    { drops: NOTHING, apply: (text) => cutSpecialTokens(text, fim) },
    { drops: 'the model wrote nothing readable', apply: cutBrokenCharacters },
    { drops: 'the model repeated the lines below', apply: (text) => cutLinesBelow(text, around) },
    { drops: 'the model repeated the rest of the line', apply: (text) => cutRestOfLine(text, around) },
    { drops: 'the model repeated the line above or below', apply: (text) => dropDuplicateLine(text, around) },
    { drops: NOTHING, apply: (text) => trimDoubledSpace(text, around) },
    { drops: NOTHING, apply: (text) => trimTrailingSpace(text, around) },
  ];

  function filter(written: string): Filtered {
    if (written.trim() === '') return { text: '', dropped: NOTHING };
    let text = written;
    for (const step of steps) {
      text = step.apply(text);
      if (text.trim() === '') return { text: '', dropped: step.drops };
    }
    // What one filter cuts may bring to the end what an earlier one looks for there.
    return text === written ? { text, dropped: null } : filter(text);
  }
  return filter;
}
