import assert from 'node:assert/strict';
import { createGate } from '../../../server/src/inference/engine/gate';

describe('the pause between two tokens', () => {
  it('lasts until all who need the context have had it', async () => {
    const gate = createGate();
    const isOpen = () => gate.closed === null;
    assert.ok(isOpen());
    const ends: (() => void)[] = [];
    const work = () => gate.alone(() => new Promise<void>((end) => ends.push(end)));
    const [first, second] = [work(), work()];
    let passed = false;
    const waiting = gate.closed?.then(() => {
      passed = true;
    });
    ends[0]?.();
    await first;
    assert.equal(passed, false);
    ends[1]?.();
    await Promise.all([second, waiting]);
    assert.ok(isOpen());
  });

  it('ends when the work fails', async () => {
    const gate = createGate();
    await assert.rejects(
      gate.alone(() => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(gate.closed, null);
  });
});
