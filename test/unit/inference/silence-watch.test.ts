import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createSilenceWatch } from '../../../server/src/inference/silence-watch';

/** Real time in small amounts: what is asserted are orders, not spans. */
describe('the watch over a silent engine', () => {
  const patience = { mostMs: 10_000, leastMs: 20, factor: 4 };

  const silent = (watched: (watch: ReturnType<typeof createSilenceWatch>) => Promise<void>) =>
    new Promise<number>((fulfil, reject) => {
      const watch = createSilenceWatch(patience, fulfil);
      watched(watch).catch(reject);
    });

  it('waits a multiple of the longest silence so far', async () => {
    const ms = await silent(async (watch) => {
      watch.begin();
      await delay(30);
      watch.heard();
    });
    assert.ok(ms >= 4 * 29 && ms < 10_000, `${ms} ms`);
  });

  it('and never less than the least', async () => {
    const ms = await silent(async (watch) => {
      watch.begin();
      watch.heard();
    });
    assert.ok(ms >= 20, `${ms} ms`);
  });

  it('is as patient as may be while nothing is known', async () => {
    const watch = createSilenceWatch(patience, () => assert.fail('too early'));
    watch.begin();
    await delay(100);
    watch.end();
  });

  it('does not count while nothing is owed', async () => {
    const watch = createSilenceWatch(patience, () => assert.fail('nothing was owed'));
    watch.begin();
    watch.heard();
    watch.end();
    watch.heard();
    await delay(60);
  });
});
