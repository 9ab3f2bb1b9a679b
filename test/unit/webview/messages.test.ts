/** What comes to the page is looked at before it is used. */
import assert from 'node:assert/strict';
import { isToPage } from '../../../webview/src/messages';
import { sampleInstance, sampleNode, sampleState } from '../api/sample-state';

const state = sampleState([sampleNode([])], [sampleInstance()]);

describe('a message to the page', () => {
  const cases: [unknown, boolean][] = [
    [{ type: 'view', state, problem: null }, true],
    [{ type: 'view', state: null, problem: 'It ended.' }, true],
    [{ type: 'view', state: null, problem: 7 }, false],
    [{ type: 'view', state: {}, problem: null }, false],
    [
      { type: 'view', state: { ...state, topology: { nodes: [null], connections: [] } }, problem: null },
      false,
    ],
    [{ type: 'view', state: { ...state, instances: 'x' }, problem: null }, false],
    [{ type: 'models', models: [], elsewhere: [], problem: null }, true],
    [{ type: 'models', models: {}, elsewhere: [], problem: null }, false],
    [{ type: 'previews', model_id: 'a', wishes: {}, previews: [], problem: null }, true],
    [{ type: 'previews', model_id: 'a', wishes: null, previews: [], problem: null }, false],
    [{ type: 'previews', wishes: {}, previews: [], problem: null }, false],
    [{ type: 'failure', problem: 'No.' }, true],
    [{ type: 'failure' }, false],
    [{ type: 'ready' }, false],
    ['view', false],
    [[], false],
    [null, false],
    [undefined, false],
  ];
  for (const [message, expected] of cases)
    it(`${expected ? 'is' : 'is not'} ${JSON.stringify(message)?.slice(0, 60)}`, () =>
      assert.equal(isToPage(message), expected));
});
