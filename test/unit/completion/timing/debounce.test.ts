import assert from 'node:assert/strict';
import { createDebounce } from '../../../../server/src/completion/timing/debounce';

/** How long is waited after keys with these pauses between them, when answers take so many ms. */
function waitAfter(pauses: readonly number[], answers: readonly number[]): number {
  const debounce = createDebounce();
  let now = 0;
  debounce.typed(now);
  for (const pause of pauses) {
    now += pause;
    debounce.typed(now);
  }
  for (const ms of answers) debounce.answered(ms);
  return debounce.wait();
}

describe('completion: how long to wait after a key', () => {
  const rows = [
    ['nothing is known yet', [], [], 75],
    ['the model answers at once: until the next key is due', [90, 90, 90], [20, 20], 90],
    ['that is long: no longer than is hardly felt', [300, 300, 300], [20, 20], 100],
    ['the model takes its time: so long', [120, 120, 120], [150, 150], 150],
    ['the model is slow: as long as a pause of this typist', [120, 120, 120], [3000], 180],
    ['a quick typist waits less', [60, 60, 60], [3000], 90],
    ['a slow one no longer than is felt', [900, 900, 900], [3000], 400],
    ['thinking is no rhythm', [120, 120, 5000, 120], [3000], 180],
    ['a rhythm is not known: as for one that nothing is known of', [], [3000], 75],
  ] as const;
  for (const [name, pauses, answers, expected] of rows) {
    it(name, () => assert.equal(waitAfter(pauses, answers), expected));
  }

  it('follows a typist who becomes quicker', () => {
    const slower = waitAfter(Array(10).fill(200), [3000]);
    const quicker = waitAfter([...Array(10).fill(200), ...Array(10).fill(80)], [3000]);
    assert.ok(quicker < slower / 2 + 20, `${quicker} after ${slower}`);
  });
});
