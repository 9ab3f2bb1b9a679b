import assert from 'node:assert/strict';
import { spaceProblem } from '../../../server/src/fetching/space';

const gib = 1024 ** 3;

describe('fetching: room on the disk', () => {
  const cases: [needed: number, free: number, says: RegExp | null][] = [
    [4 * gib, 5 * gib, null],
    [4 * gib, 4.5 * gib, null],
    [
      4 * gib,
      4.5 * gib - 1,
      /4\.0 GiB are still to be fetched, 4\.5 GiB are free, and 0\.5 GiB must stay free\./,
    ],
    [20 * gib, 3 * gib, /Make room for 18 GiB more\.$/],
    [0, 0.1 * gib, /Make room for 0\.4 GiB more/],
    [0, gib, null],
  ];
  for (const [needed, free, says] of cases) {
    it(`${needed / gib} GiB into ${free / gib} GiB`, () => {
      const problem = spaceProblem(needed, free);
      if (says) assert.match(problem ?? '', says);
      else assert.equal(problem, null);
    });
  }
});
