/** What windows are told of the state: all of them the same document, which is made once. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createConnection } from 'vscode-languageserver/node';
import { type State, stateNotification } from '#protocol';
import { stateFeature } from '../../../server/src/editor/state';
import { sampleNode, sampleState } from '../api/sample-state';

describe('editor: the state', () => {
  it('of three windows, each is told of a change, and the document is not made anew for them', () => {
    const listeners = new Set<(state: State) => void>();
    const told: unknown[] = [];
    let made = 0;
    const ends: (() => void)[] = [];
    for (const window of [1, 2, 3]) {
      stateFeature({
        connection: createConnection(new PassThrough(), new PassThrough()),
        parts: {
          state() {
            made += 1;
            return sampleState([]);
          },
          onState(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
          look: () => () => {},
        },
        tell: (method, params) => told.push({ window, method, params }),
        onReady: (act) => act(),
        onEnd: (act) => ends.push(act),
      });
    }
    assert.deepEqual([told.length, made], [3, 3], 'each as it shakes hands');
    const changed = sampleState([sampleNode([])]);
    for (const listener of listeners) listener(changed);
    const { method } = stateNotification;
    assert.deepEqual(
      told.slice(3),
      [1, 2, 3].map((window) => ({ window, method, params: changed })),
    );
    assert.equal(made, 3);
    for (const end of ends) end();
    assert.equal(listeners.size, 0, 'who has gone is told nothing');
  });
});
