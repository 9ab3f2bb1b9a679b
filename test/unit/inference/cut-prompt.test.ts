import assert from 'node:assert/strict';
import { cutPrompt, type PromptPiece } from '../../../server/src/inference/engine/cut-prompt';

const special = (token: string): PromptPiece<string> => ({ kind: 'special', token });
const text = (tokens: string, maxTokens: number, keep: 'start' | 'end'): PromptPiece<string> => ({
  kind: 'text',
  tokens: [...tokens],
  maxTokens,
  keep,
});
const cut = (pieces: PromptPiece<string>[], budget: number) => cutPrompt(pieces, budget).join('');

describe('cutting a prompt', () => {
  const cases: [what: string, pieces: PromptPiece<string>[], budget: number, expected: string][] = [
    ['what fits stays', [special('<'), text('abc', 9, 'end'), special('>')], 20, '<abc>'],
    ['each text to its own limit', [text('abcdef', 2, 'start'), text('ghijkl', 3, 'end')], 20, 'abjkl'],
    ['a limit of 0 leaves nothing', [special('<'), text('abc', 0, 'end')], 20, '<'],
    ['the longest further', [text('abcdefgh', 99, 'start'), text('xy', 99, 'start')], 6, 'abcdxy'],
    ['two long ones alike', [text('abcdef', 99, 'start'), text('ghijk', 99, 'end')], 6, 'abcijk'],
    ['special tokens stay', [special('<'), text('abcdef', 99, 'end'), special('>')], 4, '<ef>'],
    ['no room for text', [special('<'), text('abc', 9, 'end'), special('>')], 2, '<>'],
    ['no room at all', [special('<'), text('abc', 9, 'end'), special('>')], 1, '>'],
    ['nothing to cut', [], 5, ''],
  ];
  for (const [what, pieces, budget, expected] of cases)
    it(what, () => {
      assert.equal(cut(pieces, budget), expected);
    });

  it('never exceeds the limits, and moves the start of a growing text only now and then', () => {
    const starts = new Set<string | undefined>();
    for (let typed = 100; typed < 150; typed++) {
      const tokens = Array.from({ length: typed }, (_, index) => `t${index}`);
      const kept = cutPrompt([{ kind: 'text', tokens, maxTokens: 80, keep: 'end' }], 1000);
      assert.ok(kept.length <= 80 && kept.length > 70, `${kept.length} tokens`);
      assert.equal(kept.at(-1), `t${typed - 1}`);
      starts.add(kept[0]);
    }
    assert.ok(starts.size <= 6, `the start moved ${starts.size} times in 50 tokens`);
  });
});
