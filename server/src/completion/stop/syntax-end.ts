/** The end of the block that was begun, by the grammar of the language. */
import { isBlank } from '../lines';
import { nothingTakenBack, type StopRule, written } from './rule';

export const syntaxEnd: StopRule = {
  name: 'end of the block, by the grammar',
  ends(lines, start) {
    const { extent, grammar, prefix } = start;
    if (extent.kind === 'line' || grammar === null || isBlank(lines.at(-1) ?? '')) return null;
    const text = written(lines, start);
    const end = grammar.blockEnd(prefix, text);
    return end === null ? null : text.slice(0, end).split('\n').length;
  },
  // What has been shown as final stays, even if it turns out to be behind the end.
  mayTakeBack: nothingTakenBack,
};
