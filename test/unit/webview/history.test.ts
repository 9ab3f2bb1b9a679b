import assert from 'node:assert/strict';
import { createHistory } from '../../../webview/src/history';
import { drawn } from '../../../webview/src/sparkline-path';
import { sampleGpu, sampleNode, sampleState } from '../api/sample-state';

const at = (seconds: number) => 1_800_000_000_000 + seconds * 1000;
const busy = (gpu_usage: number | null) => sampleState([sampleNode([sampleGpu({ gpu_usage })])]);

describe('the history of a GPU', () => {
  it('has one value each five seconds, the newest of them', () => {
    const history = createHistory(null);
    for (const [second, usage] of [
      [0, 10],
      [1, 20],
      [5, 30],
      [9, 40],
    ] as const)
      history.add(busy(usage), at(second));
    assert.deepEqual(history.of('node-a', 0), [20, 40]);
  });

  it('has gaps where nothing was heard, and for what is unknown', () => {
    const history = createHistory(null);
    history.add(busy(10), at(0));
    history.add(busy(null), at(15));
    history.add(busy(100), at(20));
    assert.deepEqual(history.of('node-a', 0), [10, null, null, null, 100]);
  });

  it('goes back five minutes and no further, however long the page was away', () => {
    const history = createHistory(null);
    history.add(busy(10), at(0));
    history.add(busy(20), at(86_400));
    const values = history.of('node-a', 0);
    assert.equal(values.length, 60);
    assert.deepEqual(new Set(values.slice(0, -1)), new Set([null]));
  });

  it('begins anew when the clock was set back', () => {
    const history = createHistory(null);
    history.add(busy(10), at(100));
    history.add(busy(20), at(0));
    assert.deepEqual(history.of('node-a', 0), [20]);
  });

  it('survives a reload', () => {
    const before = createHistory(null);
    for (let second = 0; second < 50; second += 5) before.add(busy(second * 2), at(second));
    const after = createHistory(JSON.parse(JSON.stringify(before.save())));
    after.add(busy(99), at(50));
    assert.deepEqual(after.of('node-a', 0), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99]);
  });

  it('forgets machines that are not there any more', () => {
    const history = createHistory(null);
    history.add(busy(10), at(0));
    history.add(sampleState([]), at(5));
    assert.deepEqual(history.of('node-a', 0), []);
  });

  for (const saved of [
    undefined,
    'x',
    {},
    { slot: -1, values: {} },
    { slot: 1, values: null },
    { slot: 1, values: { 'node-a 0': 7 } },
    { slot: 1, values: { 'node-a 0': 'é'.repeat(1000) } },
  ])
    it(`is empty when what was saved is ${JSON.stringify(saved)?.slice(0, 40)}`, () =>
      assert.deepEqual(createHistory(saved).of('node-a', 0), []));
});

describe('the line of a history', () => {
  it('ends at the right edge, 100 % at the top', () => {
    assert.deepEqual(drawn([0, 100]), {
      line: 'M116 20.0L118 2.0',
      area: 'M116 22L116 20.0L118 2.0V22Z',
    });
  });

  it('is broken where a value is unknown, and a single value is still seen', () => {
    assert.equal(drawn([50, null, 50, 50]).line, 'M112 11.0h1M116 11.0L118 11.0');
    assert.deepEqual(drawn([null]), { line: '', area: '' });
  });
});
