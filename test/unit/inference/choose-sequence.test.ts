import assert from 'node:assert/strict';
import { chooseSequence, type SequenceState } from '../../../server/src/inference/engine/choose-sequence';

const sequence = (changes: Partial<SequenceState<string>>): SequenceState<string> => ({
  busy: false,
  stopping: false,
  affinity: null,
  tokens: [],
  lastUsed: 0,
  ...changes,
});
const fresh = sequence({});
const a = sequence({ affinity: 'a.ts', tokens: [...'suffix and prefix'], lastUsed: 5 });
const b = sequence({ affinity: 'b.ts', tokens: [...'suffix of b'], lastUsed: 3 });
const busy = (state: SequenceState<string>) => ({ ...state, busy: true });
const stopping = (state: SequenceState<string>) => ({ ...state, busy: true, stopping: true });

describe('choosing a sequence', () => {
  const cases: [
    what: string,
    SequenceState<string>[],
    affinity: string,
    prompt: string,
    expected: number | null,
  ][] = [
    ['the first request takes the first', [fresh, fresh], 'a.ts', 'abc', 0],
    ['a document keeps its own', [fresh, a, b], 'b.ts', 'suffix and prefix', 2],
    ['the newest of its own', [a, { ...a, lastUsed: 9 }], 'a.ts', 'x', 1],
    ['it waits for its own that is just stopping', [stopping(a), fresh], 'a.ts', 'suffix', null],
    ['it does not wait for its own that is at work', [busy(a), fresh], 'a.ts', 'suffix', 1],
    [
      'a stranger takes the one that knows most of the prompt',
      [fresh, b, a],
      'c.ts',
      'suffix and prefix!',
      2,
    ],
    [
      'but leaves it when it knows little of it',
      [a, fresh, b],
      'c.ts',
      'suffix, then something else entirely',
      1,
    ],
    ['then the least recently used', [a, b], 'c.ts', 'nothing alike', 1],
    ['never a busy one', [busy(fresh), a, busy(b)], 'c.ts', 'nothing alike', 1],
    ['all busy: wait', [busy(a), busy(b)], 'c.ts', 'x', null],
  ];
  for (const [what, sequences, affinity, prompt, expected] of cases)
    it(what, () => {
      assert.equal(chooseSequence(sequences, { affinity, tokens: [...prompt] }), expected);
    });
});
