import assert from 'node:assert/strict';
import type { GeneratePriority } from '#protocol';
import { chooseSequence, type SequenceState } from '../../../server/src/inference/engine/choose-sequence';

const MINUTE = 60_000;
const now = 10 * MINUTE;

type State = SequenceState<string>;
const fresh: State = {
  running: null,
  stopping: false,
  reserved: false,
  affinity: null,
  tokens: [],
  lastUsed: 0,
  wantedAt: null,
};
/** Left by a user a second or two ago. */
const a: State = {
  ...fresh,
  affinity: 'a.ts',
  tokens: [...'suffix and prefix'],
  lastUsed: now - 1000,
  wantedAt: now - 1000,
};
const b: State = {
  ...a,
  affinity: 'b.ts',
  tokens: [...'suffix of b'],
  lastUsed: now - 2000,
  wantedAt: now - 2000,
};
const busy = (state: State): State => ({ ...state, running: 'user' });
const idling = (state: State): State => ({ ...state, running: 'idle' });
const stopping = (state: State): State => ({ ...busy(state), stopping: true });
const reserved = (state: State): State => ({ ...state, reserved: true });
/** Filled by idle work, for a document in which nobody typed yet. */
const warmed = (state: State): State => ({ ...state, wantedAt: null });
const since = (ms: number, state: State): State => ({ ...state, lastUsed: now - ms, wantedAt: now - ms });

type Case = [what: string, State[], affinity: string, prompt: string, expected: number | null];

const check = (priority: GeneratePriority, cases: readonly Case[]) => {
  for (const [what, sequences, affinity, prompt, expected] of cases)
    it(what, () => {
      const request = { affinity, tokens: [...prompt], priority };
      assert.equal(chooseSequence(sequences, request, now), expected);
    });
};

describe('choosing a sequence', () => {
  describe('for what a user waits for', () => {
    check('user', [
      ['the first request takes the first', [fresh, fresh], 'a.ts', 'abc', 0],
      ['a document keeps its own', [fresh, a, b], 'b.ts', 'suffix and prefix', 2],
      ['the newest of its own', [a, { ...a, lastUsed: now }], 'a.ts', 'x', 1],
      ['it waits for its own that is just stopping', [fresh, stopping(a)], 'a.ts', 'suffix', 1],
      ['it waits for its own that idle work is on', [fresh, idling(a)], 'a.ts', 'suffix', 1],
      ['it does not wait for its own that is at work', [busy(a), fresh], 'a.ts', 'suffix', 1],
      ['nor for one that another request waits for', [reserved(stopping(a)), fresh], 'a.ts', 'suffix', 1],
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
      ['a free one before one with idle work', [idling(fresh), a], 'c.ts', 'x', 1],
      ['idle work makes room when no other is free', [busy(a), idling(b)], 'c.ts', 'x', 1],
      ['but not where one is about to be free', [idling(a), stopping(b)], 'c.ts', 'x', 1],
      ['and not for two at once', [busy(a), reserved(idling(b))], 'c.ts', 'x', null],
    ]);
  });

  describe('for idle work', () => {
    check('idle', [
      ['the own of its affinity', [fresh, a], 'a.ts', 'suffix', 1],
      ['it waits for its own', [fresh, busy(a)], 'a.ts', 'suffix', 1],
      ['one that was never used', [a, fresh, b], 'c.ts', 'x', 1],
      ['one that only idle work has filled', [a, warmed(b)], 'c.ts', 'x', 1],
      ['of those the least recently used', [warmed(a), warmed(b)], 'c.ts', 'x', 1],
      ['none that a user has just left, alike or not', [a, b], 'c.ts', 'suffix and prefix', null],
      ['one that a user has left for a minute', [a, since(MINUTE, b)], 'c.ts', 'x', 1],
      ['but first what no user would miss', [since(MINUTE, b), warmed(a)], 'c.ts', 'x', 1],
      ['none that somebody waits for', [reserved(fresh), busy(b)], 'c.ts', 'x', null],
      ['none with other idle work', [idling(warmed(a))], 'c.ts', 'x', null],
    ]);
  });
});
