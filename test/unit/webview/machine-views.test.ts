/** From a state document to the machines on the page, and what is said of each. */
import assert from 'node:assert/strict';
import type { LinkStatus, Node, Preview } from '#protocol';
import { machineViews } from '../../../webview/src/machine-views';
import {
  addressText,
  clusterText,
  gpuSummary,
  linkText,
  machineNotice,
  spokenLink,
  versionText,
} from '../../../webview/src/machine-words';
import {
  gib,
  lostGpu,
  sampleGpu,
  sampleInstance,
  sampleNode,
  samplePreview,
  sampleState,
} from '../api/sample-state';

const machine = (node_id: string, status: LinkStatus, gpus = [sampleGpu()]): Node => ({
  ...sampleNode(gpus),
  node_id,
  name: node_id,
  status,
});
const views = (nodes: Node[], preview: Preview | null = null, opened = new Map<string, boolean>()) =>
  machineViews({
    state: {
      ...sampleState(nodes, [sampleInstance({ node_id: 'far' })]),
      topology: {
        nodes,
        connections: [{ from: 'here', to: 'far', round_trip_ms: 0.42, bytes_per_second: 117 * 2 ** 20 }],
      },
    },
    marks: new Map(),
    history: { of: () => [] },
    preview,
    opened,
  });

describe('the machines on the page', () => {
  it('begin with this one and end with those that have gone', () => {
    const order = views([machine('old', 'gone'), machine('far', 'suspect'), machine('here', 'this')]);
    assert.deepEqual(
      order.map(({ node }) => node.node_id),
      ['here', 'far', 'old'],
    );
    assert.deepEqual(
      order.map(({ link }) => link?.round_trip_ms ?? null),
      [null, 0.42, null],
    );
  });

  it('are open while they are few; of many only this one, and what the user opened', () => {
    const open = (nodes: Node[], opened?: Map<string, boolean>) =>
      views(nodes, null, opened).filter(({ isOpen }) => isOpen).length;
    const others = Array.from({ length: 9 }, (_, index) => machine(`far-${index}`, 'online'));
    assert.equal(open([machine('here', 'this'), ...others.slice(0, 3)]), 4);
    assert.equal(open([machine('here', 'this'), ...others]), 1);
    assert.equal(open([machine('here', 'this'), ...others], new Map([['far-3', true]])), 2);
    assert.equal(open([machine('here', 'this')], new Map([['here', false]])), 0);
  });

  it('carry what the preview that is looked at would add, on its device only', () => {
    const uuid = sampleGpu().uuid ?? '';
    const shares = [{ node_id: 'far', device_id: uuid, total_bytes: 3 * gib }].map((share) => ({
      ...share,
      node_name: 'far',
      device_name: '',
      gpu_index: 0,
      first_layer: 0,
      layers: 9,
      weights_bytes: 0,
      kv_cache_bytes: 0,
      compute_bytes: 0,
      overhead_bytes: 0,
      free_bytes: 0,
      capacity_bytes: 0,
    }));
    const shown = views([machine('here', 'this'), machine('far', 'online')], samplePreview({ shares }));
    assert.deepEqual(
      shown.map(({ gpus, processor }) => [gpus[0]?.occupancy.planned, processor.planned]),
      [
        [0, 0],
        [3 * gib, 0],
      ],
    );
  });

  it('know the engines that run on them, and no others', () => {
    const [here, far] = views([machine('here', 'this'), machine('far', 'online')]);
    assert.equal(here?.gpus[0]?.models.size, 0);
    assert.deepEqual([...(far?.gpus[0]?.models ?? [])], [[4711, 'vramesh-tiny']]);
  });
});

describe('what is said of a machine', () => {
  const link = { from: 'a', to: 'b', round_trip_ms: 0.42, bytes_per_second: 1.5 * 2 ** 30 };
  const nothing = { ...link, round_trip_ms: null, bytes_per_second: null };
  const two = [sampleGpu(), sampleGpu({ index: 1 })];
  const cases: [string, string | null, string | null][] = [
    ['its link', linkText(link), '0.4 ms · 1.5 GiB/s'],
    ['a link that was not measured yet', linkText(nothing), '— · —'],
    ['no link', spokenLink(null, 'attic'), 'No link to attic now'],
    ['a link, aloud', spokenLink(link, 'attic'), 'Link to attic: round trip 0.4 ms, throughput 1.5 GiB/s'],
    [
      'its address',
      addressText({ ...machine('a', 'online'), addresses: ['10.0.0.2:52414', 'x:1'] }),
      '10.0.0.2:52414',
    ],
    ['no address of another', addressText(machine('a', 'online')), 'address —'],
    ['that it does not listen', addressText(machine('a', 'this')), 'not listening for other machines'],
    ['its GPU', gpuSummary(machine('a', 'this')), 'NVIDIA GeForce RTX 3050, 3.0 of 8.0 GiB'],
    ['its GPUs', gpuSummary(machine('a', 'this', two)), '2 × NVIDIA GeForce RTX 3050, 6.0 of 16.0 GiB'],
    [
      'GPUs of several names',
      gpuSummary(machine('a', 'this', [sampleGpu(), sampleGpu({ name: 'B' })])),
      '2 GPUs, 6.0 of 16.0 GiB',
    ],
    ['that it has none', gpuSummary(machine('a', 'this', [])), 'no GPU'],
    [
      'why it has none',
      machineNotice(machine('a', 'this', [])),
      'No GPU is used: The NVIDIA library is not installed on this machine.',
    ],
    ['nothing where all is well', machineNotice(machine('a', 'this')), null],
    ['its versions', versionText(machine('a', 'this')), 'VRAMesh 0.1.0 · driver 535.154.05 · CUDA 12.2'],
    ['a version that is not known', versionText({ ...machine('a', 'gone', []), version: '' }), 'VRAMesh —'],
  ];
  for (const [name, actual, expected] of cases) it(name, () => assert.equal(actual, expected));

  it('together', () => {
    assert.equal(
      clusterText(sampleState([machine('a', 'this', [sampleGpu(), lostGpu()]), machine('b', 'gone')])),
      '1 machine and 1 gone · 2 GPUs · 3.0 of 8.0 GiB of VRAM in use',
    );
    assert.equal(clusterText(sampleState([machine('a', 'this', [])])), '1 machine · no GPU');
  });
});
