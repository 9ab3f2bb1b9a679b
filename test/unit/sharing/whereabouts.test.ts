import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { watchWhereabouts } from '../../../server/src/sharing/whereabouts';

/** As it passes while a machine is awake. */
function pass(seconds: number): void {
  for (let second = 0; second < seconds; second++) mock.timers.tick(1000);
}

describe('sharing: where this machine is', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());

  it('is the same while time passes', () => {
    const here = watchWhereabouts(() => ['10.0.0.1:0']);
    const before = here.mark();
    pass(30);
    assert.equal(here.mark(), before);
    assert.equal(here.isWaking(), false);
    here.close();
  });

  it('differs in another network, and in none', () => {
    let addresses = ['10.0.0.1:0'];
    const here = watchWhereabouts(() => addresses);
    const before = here.mark();
    addresses = [];
    assert.notEqual(here.mark(), before);
    here.close();
  });

  it('differs after a sleep; for a minute it is waking', () => {
    const here = watchWhereabouts(() => []);
    const before = here.mark();
    mock.timers.setTime(1_000_000 + 3_600_000);
    mock.timers.tick(1000);
    assert.notEqual(here.mark(), before);
    assert.equal(here.isWaking(), true);
    pass(61);
    assert.equal(here.isWaking(), false);
    here.close();
  });
});
