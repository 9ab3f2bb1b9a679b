import assert from 'node:assert/strict';
import { createSpeed } from '../../../server/src/fetching/speed';

describe('fetching: the speed of a download', () => {
  const cases: [what: string, notes: [bytes: number, ms: number][], at: number, speed: number | null][] = [
    ['nothing yet', [], 1000, null],
    ['one note', [[0, 0]], 100, null],
    [
      'too early to tell',
      [
        [0, 0],
        [100, 300],
      ],
      300,
      null,
    ],
    [
      'even',
      [
        [0, 0],
        [1000, 1000],
        [2000, 2000],
      ],
      2000,
      1000,
    ],
    [
      'only the last seconds count',
      [
        [0, 0],
        [10_000, 1000],
        [10_000, 2000],
        [10_500, 10_000],
        [11_000, 11_000],
      ],
      11_000,
      1000 / 9,
    ],
    [
      'silence makes it slow',
      [
        [0, 0],
        [1000, 1000],
      ],
      10_000,
      100,
    ],
    [
      'what was there before is not counted',
      [
        [5000, 0],
        [6000, 1000],
      ],
      1000,
      1000,
    ],
    [
      'thrown away: begins anew',
      [
        [5000, 0],
        [6000, 1000],
        [0, 2000],
        [500, 3000],
      ],
      3000,
      500,
    ],
  ];
  for (const [what, notes, at, expected] of cases) {
    it(what, () => {
      const speed = createSpeed();
      for (const [bytes, ms] of notes) speed.note(bytes, ms);
      assert.equal(speed.at(at), expected);
    });
  }
});
