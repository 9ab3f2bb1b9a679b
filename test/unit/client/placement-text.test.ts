import assert from 'node:assert/strict';
import type { Instance, Preview } from '#protocol';
import { placementTable, previewItem, shardLines, speedText } from '../../../client/src/text/placement-text';
import { gib, sampleInstance, samplePreview } from '../api/sample-state';
import { embeddingsShare, sampleShard, sampleShare } from '../cli/samples';

const second = sampleShare({
  device_id: 'GPU-2',
  gpu_index: 1,
  layers: 9,
  total_bytes: 1 * gib,
  free_bytes: 24 * gib,
});
const small = sampleShare({ device_id: 'GPU-3', device_name: 'NVIDIA GeForce RTX 3050', layers: 9 });
const onCpu = embeddingsShare({ layers: 20, total_bytes: 4 * gib });

const previews: { what: string; preview: Partial<Preview>; label: string; description: string }[] = [
  {
    what: 'one GPU, and not the RAM that only holds the embeddings',
    preview: { shares: [embeddingsShare(), sampleShare()], decode_tokens_per_second: 85.2 },
    label: '$(chip) NVIDIA GeForce RTX 4090',
    description: '12.2 of 24.0 GiB · ~85 tok/s',
  },
  {
    what: 'a speed that was measured',
    preview: { shares: [sampleShare()], decode_tokens_per_second: 8.42, speed_source: 'measured' },
    label: '$(chip) NVIDIA GeForce RTX 4090',
    description: '12.2 of 24.0 GiB · 8.4 tok/s',
  },
  {
    what: 'a speed that nobody knows',
    preview: { shares: [sampleShare()], decode_tokens_per_second: null },
    label: '$(chip) NVIDIA GeForce RTX 4090',
    description: '12.2 of 24.0 GiB · — tok/s',
  },
  {
    what: 'two GPUs of one name',
    preview: { kind: 'gpus', shares: [sampleShare({ layers: 20 }), second] },
    label: '$(chip) 2× NVIDIA GeForce RTX 4090',
    description: '~150 tok/s',
  },
  {
    what: 'GPUs of different names',
    preview: { kind: 'gpus', shares: [sampleShare({ layers: 1 }), small] },
    label: '$(chip) NVIDIA GeForce RTX 4090 + $(chip) NVIDIA GeForce RTX 3050',
    description: '~150 tok/s',
  },
  {
    what: 'GPU and CPU, each with its mark',
    preview: { kind: 'gpu+cpu', shares: [onCpu, sampleShare({ layers: 9 })] },
    label: '$(vm) CPU + $(chip) NVIDIA GeForce RTX 4090',
    description: '~150 tok/s',
  },
  {
    what: 'several machines by their names',
    preview: {
      kind: 'nodes',
      shares: [sampleShare(), sampleShare({ node_id: 'node-b', node_name: 'laptop' })],
    },
    label: '$(chip) NVIDIA GeForce RTX 4090 on workstation + $(chip) NVIDIA GeForce RTX 4090 on laptop',
    description: '~150 tok/s',
  },
  {
    what: 'one that was refused before any device',
    preview: { kind: 'nodes', error: 'Too few machines.', decode_tokens_per_second: null },
    label: '$(circle-slash) Several machines',
    description: '',
  },
  {
    what: 'a device whose name would be an icon',
    preview: { shares: [sampleShare({ device_name: 'RTX $(flame)\n4090' })] },
    label: '$(chip) RTX $ (flame) 4090',
    description: '12.2 of 24.0 GiB · ~150 tok/s',
  },
];

const details: [what: string, preview: Partial<Preview>, detail: string][] = [
  [
    'what else was worked out',
    {
      shares: [embeddingsShare(), sampleShare()],
      layers: 29,
      layers_on_gpu: 29,
      prefill_tokens_per_second: 2100,
    },
    '29 layers · context 4096 tokens × 4 · prompt ~2100 tok/s · and 512 MiB on CPU',
  ],
  [
    'how much is on the GPU, and a smaller KV cache',
    { shares: [sampleShare()], layers: 29, layers_on_gpu: 9, kv_cache_type: 'q8_0' },
    '9 of 29 layers on the GPU · context 4096 tokens × 4 · prompt — tok/s · KV cache q8_0',
  ],
  [
    'the memory and the layers of each of several devices',
    { kind: 'gpus', shares: [sampleShare({ layers: 20 }), second], layers: 29, layers_on_gpu: 29 },
    '12.2 of 24.0 GiB, 20 layers + 1.0 of 24.0 GiB, 9 layers · 29 layers · context 4096 tokens × 4 · prompt — tok/s',
  ],
  [
    'the memory of GPU and CPU, never added up',
    { kind: 'gpu+cpu', shares: [onCpu, sampleShare({ layers: 1 })], layers: 21, layers_on_gpu: 1 },
    '16.0 of 32.0 GiB, 20 layers + 12.2 of 24.0 GiB, 1 layer · 1 of 21 layers on the GPU · context 4096 tokens × 4 · prompt — tok/s',
  ],
  ['why it cannot be', { shares: [sampleShare()], error: '2.0 GiB are missing.' }, '2.0 GiB are missing.'],
];

/** As in a list where all are on one machine, or the preview itself is on several. */
const item = (preview: Partial<Preview>) => {
  const whole = samplePreview(preview);
  return previewItem(whole, new Set(whole.shares.map(({ node_id }) => node_id)).size > 1);
};

describe('a preview in the list', () => {
  it('says on which machine it is, where there are several in the list', () => {
    const far = samplePreview({ shares: [sampleShare({ node_name: 'desk' })] });
    assert.equal(previewItem(far, true).label, '$(chip) NVIDIA GeForce RTX 4090 on desk');
    assert.equal(previewItem(far, false).label, '$(chip) NVIDIA GeForce RTX 4090');
  });

  for (const { what, preview, label, description } of previews) {
    it(`shows ${what}`, () => {
      const { label: shown, description: beside } = item(preview);
      assert.deepEqual([shown, beside], [label, description]);
    });
  }
  for (const [what, preview, detail] of details) {
    it(`says below: ${what}`, () => assert.equal(item(preview).detail, detail));
  }
});

const placement = samplePreview({ shares: [embeddingsShare(), sampleShare()], decode_tokens_per_second: 85 });
const gibs = (count: number | null) => (count === null ? null : Math.round(count * gib));
const measured = (driver: number | null, buffers: number | null): Instance =>
  sampleInstance({
    placement,
    memory: [
      {
        node_id: 'node-a',
        device_id: 'GPU-1',
        predicted_bytes: Math.round(3.2 * gib),
        driver_bytes: gibs(driver),
        buffers_bytes: gibs(buffers),
      },
    ],
  });

/** Without the room between its columns. */
const tableOf = (instance: Instance) => placementTable(instance).replaceAll('&emsp;', '');

describe('what a placed model holds', () => {
  const rows: [what: string, instance: Instance, row: RegExp][] = [
    ['as the driver says', measured(3.1, 2.7), /RTX 4090 \| 29 \| 3\.2 GiB \| 3\.1 GiB \(3% less\) \|/],
    ['more than predicted', measured(3.3, null), /\| 3\.3 GiB \(3% more\) \|/],
    ['just as predicted', measured(3.2, 2.7), /\| 3\.2 GiB \| 3\.2 GiB \|/],
    [
      'as llama.cpp says, beside what was predicted of just that',
      measured(null, 2.7),
      /\| 3\.2 GiB, 2\.8 GiB of it buffers \| 2\.7 GiB of buffers \|/,
    ],
    ['not known', measured(null, null), /\| 3\.2 GiB \| — \|/],
    ['not measured yet', sampleInstance({ placement }), /CPU \| 0 \| 512 MiB \| — \|/],
  ];
  for (const [what, instance, row] of rows) {
    it(what, () => assert.match(tableOf(instance), row));
  }

  it('says on which machine, and what is sent there, where there are several', () => {
    const split = samplePreview({
      nodes: ['node-a', 'node-b'],
      shares: [embeddingsShare(), sampleShare({ node_id: 'node-b' })],
    });
    const instance = sampleInstance({ placement: split, shards: [sampleShard()] });
    assert.match(tableOf(instance), /RTX 4090 on workstation \| 29 \|/);
    assert.equal(
      shardLines(instance),
      'workstation holds 29 layers: 512 MiB sent, 1.5 GiB it had kept, 34 KiB per token',
    );
    const loading = sampleShard({ load_bytes_per_second: 1e8, cached_bytes: null, bytes_per_token: null });
    assert.match(shardLines({ ...instance, shards: [loading] }), /512 MiB sent at \d/);
  });

  it('is no table without a placement', () => assert.equal(placementTable(sampleInstance()), ''));

  it('keeps a device’s name in its cell', () => {
    const shares = [sampleShare({ device_name: 'A|B\n`C`' })];
    const table = tableOf(sampleInstance({ placement: samplePreview({ shares }) }));
    assert.match(table, /^\| A\\\|B \\`C\\` \| 29 /m);
  });
});

describe('the speed of a placed model', () => {
  const speeds: [what: string, changes: Partial<Instance>, text: string][] = [
    ['beside the predicted one', { placement }, 'speed 151 tok/s (predicted 85 tok/s), prompt — tok/s'],
    [
      'before the first completion',
      { placement, tokens_per_second: null },
      'speed — tok/s (predicted 85 tok/s), prompt — tok/s',
    ],
    ['without a prediction', { prefill_tokens_per_second: 1900.4 }, 'speed 151 tok/s, prompt 1900 tok/s'],
  ];
  for (const [what, changes, text] of speeds)
    it(what, () => assert.equal(speedText(sampleInstance(changes)), text));
});
