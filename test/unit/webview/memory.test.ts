import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import { ramBar, spoken, vramBar } from '../../../webview/src/memory';
import { gib, lostGpu, sampleGpu, sampleNode } from '../api/sample-state';

const engine = { pid: 4711, name: 'vramesh-engine', vram_used: 2 * gib, kind: 'compute' as const };
const says = (gpu: Gpu, ...enginePids: number[]) => spoken(vramBar(gpu, new Set(enginePids)));

describe('what a memory bar says', () => {
  const cases: [string, string, string][] = [
    ['used and free', says(sampleGpu()), '3.0 of 8.0 GiB used: used 3.0 GiB, free 5.0 GiB'],
    [
      'the driver’s own reserve apart',
      says(sampleGpu({ vram_reserved: 0.5 * gib, vram_free: 4.5 * gib })),
      '3.5 of 8.0 GiB used: used 3.0 GiB, driver 0.5 GiB, free 4.5 GiB',
    ],
    [
      'our models apart from other programs',
      says(sampleGpu({ processes: [engine] }), 4711),
      '3.0 of 8.0 GiB used: models 2.0 GiB, other programs 1.0 GiB, free 5.0 GiB',
    ],
    [
      'no share of ours where the driver does not tell it',
      says(sampleGpu({ processes: [{ ...engine, vram_used: null }] }), 4711),
      '3.0 of 8.0 GiB used: used 3.0 GiB, free 5.0 GiB',
    ],
    [
      'never more for our models than is in use',
      says(sampleGpu({ processes: [{ ...engine, vram_used: 9 * gib }] }), 4711),
      '3.0 of 8.0 GiB used: models 3.0 GiB, free 5.0 GiB',
    ],
    [
      'free worked out where only the use is known',
      says(sampleGpu({ vram_free: null })),
      '3.0 of 8.0 GiB used: used 3.0 GiB, free 5.0 GiB',
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
    assert.equal(vramBar(sampleGpu(), new Set()).usedPercent, 37.5);
    assert.equal(vramBar(sampleGpu({ vram_used: 9 * gib, vram_free: 0 }), new Set()).usedPercent, 100);
    assert.equal(vramBar(lostGpu(), new Set()).usedPercent, null);
  });

  it('says the memory of the machine too', () => {
    const { memory } = sampleNode([]).node_profile;
    assert.equal(spoken(ramBar(memory)), '12.0 of 32.0 GiB used: used 12.0 GiB, free 20.0 GiB');
  });
});
