/** What the page keeps in memory: letters of models, what was opened, what is the same as before. */
import assert from 'node:assert/strict';
import { restore, save } from '../../../webview/src/kept';
import { createMarks } from '../../../webview/src/marks';
import { same } from '../../../webview/src/same';

describe('the letters of models', () => {
  it('stay with them, and are given to others when they have gone', () => {
    const marks = createMarks();
    const letters = (...ids: string[]) =>
      [...marks.assign(ids)].map(([id, letter]) => `${id}=${letter}`).sort();
    assert.deepEqual(letters('x', 'y', 'z'), ['x=A', 'y=B', 'z=C']);
    assert.deepEqual(letters('y', 'z'), ['y=B', 'z=C']);
    assert.deepEqual(letters('w', 'y', 'z'), ['w=A', 'y=B', 'z=C']);
  });

  it('go on after Z', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `${index}`);
    const letters = [...createMarks().assign(ids).values()];
    assert.deepEqual(letters.slice(24, 28), ['Y', 'Z', 'AA', 'AB']);
    assert.equal(new Set(letters).size, 30);
  });
});

describe('what is opened', () => {
  it('survives a reload', () => {
    const kept = restore(undefined);
    kept.opened.set('node-a', true).set('node-b', false);
    assert.deepEqual([...restore(JSON.parse(JSON.stringify(save(kept)))).opened], [...kept.opened]);
  });

  for (const saved of [null, 7, { opened: 'x' }, { opened: [['node-a'], [1, true], 'x', null] }])
    it(`is nothing when what was saved is ${JSON.stringify(saved)}`, () =>
      assert.equal(restore(saved).opened.size, 0));
});

describe('two documents', () => {
  const cases: [unknown, unknown, boolean][] = [
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [null, {}, false],
    [new Map([['a', 1]]), new Map([['a', 1]]), true],
    [new Map([['a', 1]]), new Map([['a', 2]]), false],
    [new Map(), {}, false],
  ];
  for (const [one, other, expected] of cases)
    it(`${JSON.stringify(one)} and ${JSON.stringify(other)} are ${expected ? '' : 'not '}the same`, () => {
      assert.equal(same(one, other), expected);
      assert.equal(same(other, one), expected);
    });
});
