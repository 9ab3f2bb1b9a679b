import assert from 'node:assert/strict';
import type { Instance, State } from '#protocol';
import { badgeOf } from '../../../client/src/text/badge-text';
import { lostGpu, sampleGpu, sampleInstance, sampleNode, sampleState } from '../api/sample-state';
import { sampleDownload } from '../cli/samples';

const instance = (state: Instance['state']) => sampleInstance({ id: state, state });
const own = sampleNode([sampleGpu()]);
const fetching: State = { ...sampleState([own]), downloads: [sampleDownload()] };

const cases: [what: string, state: State, badge: [number, string] | null][] = [
  ['all is well', sampleState([own], [instance('ready'), instance('idle')]), null],
  [
    'models on their way',
    { ...fetching, instances: [instance('loading'), instance('placing')] },
    [3, 'Models that are loaded or fetched: 3'],
  ],
  [
    'a failed model is more than one that loads',
    sampleState([own], [instance('failed'), instance('loading')]),
    [1, 'Models that failed: 1'],
  ],
  [
    'a lost GPU counts, too',
    sampleState([sampleNode([lostGpu()])], [instance('failed')]),
    [2, 'Models that failed: 1, GPUs that are lost: 1'],
  ],
  [
    'the lost GPU of another machine is its own affair',
    sampleState([own, { ...sampleNode([lostGpu()]), node_id: 'b', status: 'online' }]),
    null,
  ],
];

describe('the badge of the view', () => {
  for (const [what, state, badge] of cases) {
    it(what, () => {
      const shown = badgeOf(state);
      assert.deepEqual(shown ? [shown.value, shown.tooltip] : null, badge);
    });
  }
});
