import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import type { Holding } from '../../../webview/src/holdings';
import { nothingThere, type Occupancy, ramBar, spoken, vramBar } from '../../../webview/src/memory';
import { gib, lostGpu, sampleGpu, sampleNode } from '../api/sample-state';

const holding = (changes: Partial<Holding> = {}): Holding => ({
  instanceId: 'one',
  mark: 'A',
  model: 'coder',
  state: 'ready',
  layers: 'layers 1–9',
  weights: gib,
  kv: 0.5 * gib,
  buffers: 0.2 * gib,
  ...changes,
});
const says = (gpu: Gpu, occupancy: Partial<Occupancy> = {}) =>
  spoken(vramBar(gpu, { ...nothingThere, ...occupancy }));

describe('what a memory bar says', () => {
  const cases: [string, string, string][] = [
    [
      'other programs and free',
      says(sampleGpu()),
      '3.0 of 8.0 GiB used: other programs 3.0 GiB, free 5.0 GiB',
    ],
    [
      'the driver’s own reserve apart',
      says(sampleGpu({ vram_reserved: 0.5 * gib, vram_free: 4.5 * gib })),
      '3.5 of 8.0 GiB used: other programs 3.0 GiB, driver 0.5 GiB, free 4.5 GiB',
    ],
    [
      'what a model holds, by kind',
      says(sampleGpu(), { holdings: [holding()] }),
      '3.0 of 8.0 GiB used: weights 1.0 GiB, KV cache 0.5 GiB, buffers 0.2 GiB, other programs 1.3 GiB, free 5.0 GiB',
    ],
    [
      'two models together',
      says(sampleGpu(), { holdings: [holding(), holding({ mark: 'B', kv: 0, buffers: 0 })] }),
      '3.0 of 8.0 GiB used: weights 2.0 GiB, KV cache 0.5 GiB, buffers 0.2 GiB, other programs 0.3 GiB, free 5.0 GiB',
    ],
    [
      'never more for our models than is in use',
      says(sampleGpu(), { holdings: [holding({ weights: 9 * gib })] }),
      '3.0 of 8.0 GiB used: weights 3.0 GiB, free 5.0 GiB',
    ],
    [
      'what is promised, of what is free',
      says(sampleGpu(), { leased: 2 * gib }),
      '3.0 of 8.0 GiB used: other programs 3.0 GiB, promised 2.0 GiB, free 3.0 GiB',
    ],
    [
      'of a promise only what a loading model has not taken yet',
      says(sampleGpu(), { leased: 2 * gib, holdings: [holding({ state: 'loading', kv: 0, buffers: 0 })] }),
      '3.0 of 8.0 GiB used: weights 1.0 GiB, other programs 2.0 GiB, promised 1.0 GiB, free 4.0 GiB',
    ],
    [
      'what a preview would add, after what is promised',
      says(sampleGpu(), { leased: 2 * gib, planned: 2.5 * gib }),
      '3.0 of 8.0 GiB used: other programs 3.0 GiB, promised 2.0 GiB, would be added 2.5 GiB, free 0.5 GiB',
    ],
    [
      'no more to add than there is room',
      says(sampleGpu(), { planned: 20 * gib }),
      '3.0 of 8.0 GiB used: other programs 3.0 GiB, would be added 5.0 GiB',
    ],
    [
      'free worked out where only the use is known',
      says(sampleGpu({ vram_free: null })),
      '3.0 of 8.0 GiB used: other programs 3.0 GiB, free 5.0 GiB',
    ],
    [
      'nothing of a sleeping GPU but its size',
      says(sampleGpu({ status: 'asleep', vram_used: null, vram_free: null })),
      '— of 8.0 GiB, use unknown',
    ],
    ['nothing of a lost GPU', says(lostGpu()), '—, use unknown'],
  ];
  for (const [name, actual, expected] of cases) it(name, () => assert.equal(actual, expected));

  it('has a share in per cent, which is unknown rather than 0', () => {
    const percent = (gpu: Gpu) => vramBar(gpu, nothingThere).usedPercent;
    assert.equal(percent(sampleGpu()), 37.5);
    assert.equal(percent(sampleGpu({ vram_used: 9 * gib, vram_free: 0 })), 100);
    assert.equal(percent(lostGpu()), null);
  });

  it('keeps the parts of one model together, with its letter', () => {
    const { parts } = vramBar(sampleGpu(), {
      ...nothingThere,
      holdings: [holding(), holding({ mark: 'B' })],
    });
    assert.deepEqual(
      parts.map(({ kind, mark }) => (mark === null ? kind : `${mark} ${kind}`)),
      ['A weights', 'A kv', 'A buffers', 'B weights', 'B kv', 'free'],
    );
  });
});

describe('what the bar of a machine’s memory says', () => {
  const { memory } = sampleNode([]).node_profile;

  it('used and free', () => {
    assert.equal(
      spoken(ramBar(memory, nothingThere)),
      '12.0 of 32.0 GiB used: other programs 12.0 GiB, free 20.0 GiB',
    );
  });

  it('weights are mapped from a file: the system calls their memory available, and promised', () => {
    assert.equal(
      spoken(ramBar(memory, { holdings: [holding()], leased: gib, planned: 0 })),
      '13.0 of 32.0 GiB used: weights 1.0 GiB, KV cache 0.5 GiB, buffers 0.2 GiB, other programs 11.3 GiB, free 19.0 GiB',
    );
  });
});
