import assert from 'node:assert/strict';
import stringWidth from 'string-width';
import type { Preview } from '#protocol';
import { previewTable } from '../../../server/src/cli/preview-table';
import { gib, samplePreview } from '../api/sample-state';
import { embeddingsShare, sampleShare } from './samples';

const show = (previews: Preview[], width = 80) => previewTable(previews, { width, color: false });
const whole = samplePreview({
  shares: [embeddingsShare(), sampleShare()],
  decode_tokens_per_second: 85.2,
  prefill_tokens_per_second: 2100,
});
const several = samplePreview({
  id: 'gpus:GPU-1,GPU-2',
  kind: 'gpus',
  shares: [
    sampleShare({ layers: 20 }),
    sampleShare({
      device_id: 'GPU-2',
      device_name: 'NVIDIA GeForce RTX 3050',
      layers: 9,
      free_bytes: 24 * gib,
    }),
  ],
  decode_tokens_per_second: 8.42,
  speed_source: 'measured',
});
const overMachines = samplePreview({
  id: 'nodes:a+b',
  kind: 'nodes',
  nodes: ['a', 'b'],
  shares: [sampleShare({ node_id: 'b' })],
  transfer_seconds: 42,
});
const refused = samplePreview({
  id: 'cpu',
  kind: 'cpu',
  shares: [embeddingsShare({ layers: 29, total_bytes: 21 * gib })],
  decode_tokens_per_second: null,
  error: 'CPU: 21.0 GiB are needed and 20.0 GiB are free, 1.0 GiB is missing.',
});
const impossible = samplePreview({
  kind: 'none',
  layers: 0,
  decode_tokens_per_second: null,
  error: 'Tensor sharding is not possible: llama.cpp places whole layers.',
});

describe('preview table', () => {
  it('says on which machine each is, where they are on several', () => {
    const far = {
      ...whole,
      id: 'far',
      nodes: ['b'],
      shares: [sampleShare({ node_id: 'b', node_name: 'desk' })],
    };
    assert.match(show([whole, far], 120), /@ desk/);
    assert.doesNotMatch(show([far], 120), /@ desk/);
    assert.match(previewTable([far], { width: 120, color: false }, [whole, far]), /@ desk/);
  });

  const shown: [what: string, previews: Preview[], has: RegExp[]][] = [
    [
      'a row per device, with what is in use there afterwards; the RAM that only helps along is last',
      [whole],
      [
        / 1 +NVIDIA GeForce RTX 4090 +29 +12\.2 +24\.0 +~85 +~2100\n +CPU +0 +12\.5 +32\.0\n +Id: gpu:GPU-9d3f/,
        /~ predicted, not measured here yet/,
      ],
    ],
    [
      'several devices, a measured speed, and "—" for what nobody knows',
      [several],
      [/ 1 +NVIDIA GeForce RTX 4090 +20 +12\.2 +24\.0 +8\.4 +—\n +NVIDIA GeForce RTX 3050 +9 +3\.2 +24\.0\n/],
    ],
    [
      'a reason in place of the id',
      [refused],
      [/ 1 +CPU +29 +33\.0 +32\.0 +— +—\n +No: CPU: 21\.0 GiB are needed/],
    ],
    [
      'what was refused before any device',
      [impossible],
      [/ 1 +nowhere +— +— +— +— +—\n +No: Tensor sharding/],
    ],
    [
      'how long the first load takes to other machines',
      [overMachines],
      [/First load: sends its layers to other machines, about 42 s/],
    ],
    ['numbers that go on', [whole, several, refused], [/^ 1 /m, /^ 2 /m, /^ 3 /m]],
  ];
  for (const [what, previews, has] of shown) {
    it(`shows ${what}`, () => {
      for (const part of has) assert.match(show(previews), part);
    });
  }

  it('says nothing of predictions where all was measured or refused', () =>
    assert.doesNotMatch(show([several, impossible]), /predicted/));

  it('leaves an id whole, however narrow the terminal', () => {
    const id = `gpus:${Array.from({ length: 8 }, (_, index) => `GPU-${index}-4000-8000-0001`).join(',')}`;
    assert.ok(show([samplePreview({ id })], 60).includes(`Id: ${id}\n`));
  });

  it('takes out of names and reasons what a terminal would obey', () => {
    const shares = [sampleShare({ device_name: 'RTX\u001b[2J\n4090' })];
    const table = show([
      samplePreview({ shares, id: 'a\u001b[2J' }),
      samplePreview({ error: 'no\u001b]0;x\u0007' }),
    ]);
    assert.doesNotMatch(table, /[^\P{C}\n]/u);
  });

  for (const width of [60, 80, 120]) {
    it(`keeps within ${width} columns`, () => {
      const shares = [sampleShare({ device_name: 'x'.repeat(300) })];
      for (const line of show([samplePreview({ shares }), refused], width).split('\n'))
        assert.ok(stringWidth(line) <= width, line);
    });
  }
});
