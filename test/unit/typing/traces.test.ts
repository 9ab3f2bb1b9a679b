import assert from 'node:assert/strict';
import { allTraces, readTraces } from '../../support/typing';

describe('typing traces', () => {
  it('are what the generator writes: node scripts/traces.mjs', () => {
    const byName = allTraces().toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(readTraces(), byName);
  });

  for (const { name, events } of readTraces()) {
    it(`${name}: some hundred keys, one after the other`, () => {
      assert.ok(events.length > 100 && events.length < 400, `${events.length} keys`);
      assert.ok(events.every(([at], index) => at > (events[index - 1]?.[0] ?? -1)));
    });
  }
});
