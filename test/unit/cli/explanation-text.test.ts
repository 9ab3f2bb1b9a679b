import assert from 'node:assert/strict';
import type { Explanation } from '#protocol';
import { explanationText } from '../../../server/src/cli/explanation-text';

const cost: NonNullable<Explanation['cost']> = {
  prompt_tokens: 46,
  reused_tokens: 40,
  evaluated_tokens: 6,
  generated_tokens: 9,
  queue_ms: 0,
  first_token_ms: 12.4,
  total_ms: 30.6,
  prefill_tokens_per_second: null,
  tokens_per_second: null,
};

function sample(changes: Partial<Explanation> = {}): Explanation {
  return {
    model: 'coder',
    prompt: '<|fim_prefix|>if (a) {\n\tb(<|fim_suffix|>\n}<|fim_middle|>',
    context: [],
    extent: 'line',
    written: 'c);  \n',
    stopped: 'end of the line',
    cost,
    filters: [],
    offered: 'c);',
    reason: null,
    ...changes,
  };
}

describe('explanation of a completion', () => {
  const rows: [what: string, changes: Partial<Explanation>, has: string][] = [
    [
      'the prompt with its indentation, and what it cost',
      {},
      'Prompt for coder, 46 tokens (40 from the KV cache, 6 evaluated):\n  │ <|fim_prefix|>if (a) {\n  │ \tb(<|fim_suffix|>\n  │ }<|fim_middle|>\n',
    ],
    ['an unknown cost', { cost: null }, 'Prompt for coder, — tokens:'],
    [
      'pieces of other files, and where they come from',
      { context: [{ path: 'src/a.ts', line: 32, lines: 64, origin: 'copied' }] },
      'Pieces of other files in it:\n  src/a.ts, lines 33 to 96 (copied)\n',
    ],
    [
      'why there are no pieces',
      {},
      'Pieces of other files in it: none: the command line opens only this file.',
    ],
    ['how much was wanted', { extent: 'block' }, 'Asked for: a block\n'],
    [
      'what the model wrote, and how long it took',
      {},
      'Written by the model, 9 tokens in 31 ms, the first after 12 ms:\n  │ c);\n',
    ],
    [
      'a model that wrote nothing',
      { written: '', cost: { ...cost, generated_tokens: 0, first_token_ms: null } },
      'Written by the model, 0 tokens in 31 ms: nothing\n',
    ],
    ['the rule that had enough', {}, 'Stopped by: end of the line\n'],
    ['a model that ended', { stopped: null }, 'Stopped by: the model itself\n'],
    [
      'each filter that changed something',
      { filters: [{ filter: 'trailing space', text: 'c);' }] },
      'After the filter "trailing space":\n  │ c);\n',
    ],
    ['what is left', { offered: 'c);\n  d();' }, 'Offered:\n  │ c);\n  │   d();'],
    [
      'why nothing is',
      { offered: '', reason: 'the model had nothing to add' },
      'Offered: nothing, for the model had nothing to add.',
    ],
  ];
  for (const [what, changes, has] of rows)
    it(`shows ${what}`, () => {
      const text = explanationText(sample(changes));
      assert.ok(`${text}\n`.includes(has), text);
    });

  it('takes out what a terminal would obey', () => {
    const hostile = '\u001b[2J\u202eevil\u0007\u009b31m';
    const text = explanationText(
      sample({
        model: hostile,
        prompt: hostile,
        context: [{ path: hostile, line: 0, lines: 3, origin: hostile }],
        written: hostile,
        stopped: hostile,
        filters: [{ filter: hostile, text: hostile }],
        offered: '',
        reason: hostile,
      }),
    );
    assert.doesNotMatch(text, /(?!\n)\p{C}/u);
    assert.equal(text.split('evil').length, 10);
  });
});
