/**
 * What is left of a completion that is worth offering, and what it replaces. Each filter is pure and makes a text only
 * shorter, or indents it anew; they are repeated until none finds anything. A text of which nothing is left was
 * dropped.
 */
import type { FimTokens } from '#protocol';
import type { CompletionRequest } from '../index';
import type { Surroundings } from '../surroundings';
import { cutBrokenCharacters } from './broken-characters';
import { cutClosingBrackets } from './closing-brackets';
import { dropDuplicateBlock } from './duplicate-block';
import { dropDuplicateLine } from './duplicate-line';
import { matchIndentation } from './indentation';
import { trimDoubledSpace } from './leading-space';
import { cutLinesBelow } from './lines-below';
import { dropTooShort } from './minimum-length';
import { cutRepetition } from './repetition';
import { type Place, placeOf } from './replacement';
import { cutRestOfLine } from './rest-of-line';
import { cutOutOfScope } from './scope';
import { cutSpecialTokens } from './special-tokens';
import { trimTrailingSpace } from './trailing-space';

const NOTHING = 'the model had nothing to add';

interface Filter {
  readonly name: string;
  /** What is said when nothing is left after it. */
  readonly drops: string;
  apply(text: string, place: Place): string;
}

/** What one filter did. */
export interface FilterStep {
  readonly filter: string;
  /** The text after it. */
  readonly text: string;
}

export interface Filtered {
  readonly text: string;
  /** UTF-16 units behind the cursor, on its line, that the text replaces. They are in it, in the same order. */
  readonly replaced: number;
  /** Why nothing is left, in words; null when something is. */
  readonly dropped: string | null;
  /** In the order in which it happened; a filter that changed nothing is not in it. */
  readonly steps: readonly FilterStep[];
}

export function createFilter(
  around: Surroundings,
  fim: FimTokens,
  request: Pick<CompletionRequest, 'explicit' | 'languageId'>,
): (written: string) => Filtered {
  const filters: readonly Filter[] = [
    { name: 'special tokens', drops: NOTHING, apply: (text) => cutSpecialTokens(text, fim) },
    { name: 'broken characters', drops: 'the model wrote nothing readable', apply: cutBrokenCharacters },
    { name: 'indentation', drops: NOTHING, apply: matchIndentation },
    { name: 'repetition', drops: 'the model repeated the line', apply: cutRepetition },
    { name: 'lines below', drops: 'the model repeated the lines below', apply: cutLinesBelow },
    { name: 'rest of line', drops: 'the model repeated the rest of the line', apply: cutRestOfLine },
    {
      name: 'closing brackets',
      drops: 'the model closed what is not open',
      apply: (text, place) => cutClosingBrackets(text, place, request),
    },
    { name: 'scope', drops: 'the model left the block that the cursor is in', apply: cutOutOfScope },
    { name: 'duplicate line', drops: 'the model repeated the line above or below', apply: dropDuplicateLine },
    { name: 'duplicate block', drops: 'the model repeated the lines above', apply: dropDuplicateBlock },
    { name: 'leading space', drops: NOTHING, apply: trimDoubledSpace },
    { name: 'trailing space', drops: NOTHING, apply: trimTrailingSpace },
    {
      name: 'minimum length',
      drops: 'what the model wrote saves no key',
      apply: (text) => dropTooShort(text, request),
    },
  ];

  return (written) => {
    const steps: FilterStep[] = [];
    if (written.trim() === '') return { text: '', replaced: 0, dropped: NOTHING, steps };
    let text = written;
    for (;;) {
      const place = placeOf(text, around);
      // After each change from the beginning: a cut may bring to the end what an earlier filter looks for there.
      const filter = filters.find((each) => each.apply(text, place) !== text);
      if (filter === undefined) return { text, replaced: place.replaced.length, dropped: null, steps };
      const after = filter.apply(text, place);
      text = after.trim() === '' ? '' : after;
      steps.push({ filter: filter.name, text });
      if (text === '') return { text, replaced: 0, dropped: filter.drops, steps };
    }
  };
}
