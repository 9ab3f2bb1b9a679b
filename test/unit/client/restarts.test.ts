/** A host that ends is started again, until it is clear that this does not help. */
import assert from 'node:assert/strict';
import { Restarts } from '../../../client/src/restarts';

const minute = 60_000;
const answers = (ends: readonly [time: number, hadRun: boolean][]) => {
  const restarts = new Restarts();
  return ends.map(([time, hadRun]) => restarts.after(time, hadRun));
};

describe('a host that ends', () => {
  const cases: [what: string, ends: [number, boolean][], expected: boolean[]][] = [
    [
      'is started again four times',
      [1, 2, 3, 4, 5].map((second) => [second * 1000, true]),
      [true, true, true, true, false],
    ],
    [
      'as often as you like in an hour',
      [1, 2, 3, 4, 5, 6].map((time) => [time * minute, true]),
      [true, true, true, true, true, true],
    ],
    [
      'counts once, when its socket was still there for a moment',
      [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000].map((time, nth) => [time, nth % 2 === 0]),
      [true, true, true, true, true, true, true, true, false],
    ],
    [
      'at its start again and again is not started for ever',
      [0, 10, 20, 30, 40].map((time) => [time, false]),
      [true, true, true, true, false],
    ],
  ];
  for (const [what, ends, expected] of cases) it(what, () => assert.deepEqual(answers(ends), expected));

  it('is started again when the user has asked for it', () => {
    const restarts = new Restarts();
    for (let time = 0; time < 5; time += 1) restarts.after(time, true);
    restarts.forget();
    assert.ok(restarts.after(6, true));
  });
});
