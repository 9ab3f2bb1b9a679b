import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { stopwatch } from '../../../server/src/stopwatch';

describe('stopwatch', () => {
  it('stands still while this thread waits', () => {
    const worked = stopwatch();
    const start = performance.now();
    execFileSync('sleep', ['0.3']);
    const waited = performance.now() - start;
    assert.ok(worked() < waited / 2, `${worked()} of ${waited} ms`);
  });

  it('goes on while it computes, and never faster than the clock', () => {
    const start = performance.now();
    const worked = stopwatch();
    let last = 0;
    while (last < 5) {
      const now = worked();
      assert.ok(now >= last);
      last = now;
    }
    assert.ok(last <= performance.now() - start);
  });
});
