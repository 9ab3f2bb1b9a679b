import assert from 'node:assert/strict';
import type { Instance } from '#protocol';
import { changes } from '../../../webview/src/news';

const all = (...said: [id: string, state: Instance['state']][]) =>
  new Map(said.map(([id, state]) => [id, { name: `model ${id}`, state }]));

describe('what is said aloud of placements', () => {
  it('is what changed, and nothing else', () => {
    assert.deepEqual(changes(all(['a', 'loading'], ['b', 'ready']), all(['a', 'ready'], ['b', 'ready'])), [
      'model a: ready',
    ]);
    assert.deepEqual(changes(all(), all(['a', 'placing'])), ['model a: placing']);
    assert.deepEqual(changes(all(['a', 'ready']), all()), ['model a: removed']);
    assert.deepEqual(changes(all(['a', 'ready']), all(['a', 'ready'])), []);
  });
});
