import assert from 'node:assert/strict';
import { createWrongTries } from '../../../server/src/api/wrong-tries';

describe('HTTP API: wrong tokens', () => {
  function tries() {
    const clock = { now: 0 };
    const wrong = createWrongTries(() => clock.now);
    const often = (address: string, times: number) =>
      Array.from({ length: times }, () => wrong.add(address)).at(-1);
    return { clock, wrong, often };
  }

  it('an address that tried ten waits until a minute after its first one', () => {
    const { clock, wrong, often } = tries();
    assert.equal(often('10.0.0.1', 9), 'counted');
    assert.equal(wrong.secondsLeft('10.0.0.1'), 0);
    clock.now = 20_000;
    assert.equal(wrong.add('10.0.0.1'), 'last');
    assert.equal(wrong.secondsLeft('10.0.0.1'), 40);
    assert.equal(wrong.secondsLeft('10.0.0.2'), 0, 'another one does not');
    clock.now = 60_000;
    assert.equal(wrong.secondsLeft('10.0.0.1'), 0);
    assert.equal(wrong.add('10.0.0.1'), 'counted');
  });

  const same: [string, string, boolean][] = [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:7::', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
  ];
  for (const [one, other, together] of same) {
    it(`${one} and ${other} count ${together ? 'together' : 'apart'}`, () => {
      const { wrong, often } = tries();
      often(one, 10);
      assert.equal(wrong.secondsLeft(other) > 0, together);
    });
  }

  it('remembers few addresses, however many there are', () => {
    const { wrong, often } = tries();
    often('10.0.0.1', 10);
    for (let i = 0; i < 2000; i++) wrong.add(`10.1.${i >> 8}.${i & 255}`);
    assert.equal(wrong.secondsLeft('10.0.0.1'), 0);
  });
});
