/** Where a model really lies. */
import assert from 'node:assert/strict';
import type { Instance } from '#protocol';
import { realShares } from '../../../webview/src/real-shares';
import { sampleInstance, samplePreview } from '../api/sample-state';
import { embeddingsShare, sampleShare } from '../cli/samples';

const far = sampleShare({ node_id: 'node-b', layers: 5 });
const placed = (backend: Instance['backend'], shares = [embeddingsShare(), sampleShare()]) =>
  sampleInstance({ backend, node_id: 'node-a', placement: samplePreview({ shares }) });

describe('the devices that hold a model', () => {
  it('are those it was placed on', () => {
    const instance = placed('cuda');
    assert.deepEqual(realShares(instance), instance.placement?.shares);
    assert.deepEqual(realShares(sampleInstance({ placement: null })), []);
  });

  it('are the CPU alone, where the backend of the GPUs has failed', () => {
    const [only, ...others] = realShares(placed('cpu'));
    assert.deepEqual(others, []);
    assert.equal(only?.gpu_index, null);
    assert.equal(only?.device_id, 'cpu');
    assert.equal(only?.layers, sampleShare().layers);
    const { total_bytes, overhead_bytes } = sampleShare();
    assert.equal(only?.total_bytes, embeddingsShare().total_bytes + total_bytes - overhead_bytes);
  });

  it('keeps what other machines hold of it', () => {
    const shares = realShares(placed('cpu', [sampleShare(), far]));
    assert.deepEqual(
      shares.map(({ node_id, gpu_index, layers }) => [node_id, gpu_index, layers]),
      [
        ['node-a', null, sampleShare().layers],
        ['node-b', 0, 5],
      ],
    );
  });
});
