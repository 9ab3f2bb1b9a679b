import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import { gpuNotice, gpuReadings, processRows } from '../../../webview/src/gpu-words';
import { gib, lostGpu, sampleGpu } from '../api/sample-state';

const values = (gpu: Gpu) => gpuReadings(gpu).map(({ value }) => value);
const noModels = new Map<number, string>();

describe('the readings of a GPU', () => {
  it('have their units', () => {
    assert.deepEqual(values(sampleGpu()), ['37 %', '62 °C', '84 of 130 W', 'P2']);
  });

  it('are dashes when it is lost', () => {
    assert.deepEqual(values(lostGpu()), ['—', '—', '—', '—']);
  });

  const temperatures: [number, number | null, string][] = [
    [84, null, '84 °C'],
    [85, null, '85 °C hot'],
    [84, 83, '84 °C hot'],
    [85, 95, '85 °C hot'],
  ];
  for (const [temp, limit, text] of temperatures) {
    it(`calls ${temp} °C of ${limit ?? 'an unknown limit'} "${text}"`, () => {
      const reading = gpuReadings(sampleGpu({ temp, temp_slowdown: limit }))[1];
      assert.deepEqual(reading, { label: 'Temp', value: text, warning: text.endsWith('hot') });
    });
  }
});

describe('the notice of a GPU', () => {
  it('is there only when there is something to say', () => {
    assert.equal(gpuNotice(sampleGpu()), null);
    assert.equal(gpuNotice(sampleGpu({ throttle_reasons: null })), null);
    assert.equal(gpuNotice(sampleGpu({ throttle_reasons: ['idle'] })), null);
  });

  it('says why', () => {
    const throttled = sampleGpu({ throttle_reasons: ['power limit', 'too hot'] });
    assert.equal(gpuNotice(throttled), 'Clocks held back: power limit, too hot');
    assert.match(gpuNotice(lostGpu()) ?? '', /^Fell off the bus/);
    assert.match(gpuNotice(sampleGpu({ status: 'asleep' })) ?? '', /^Asleep/);
  });
});

describe('the processes of a GPU', () => {
  it('are named, ours by their model, those that hold the most first', () => {
    const processes = [
      { pid: 88, name: null, vram_used: null, kind: 'compute' as const },
      { pid: 12, name: '/usr/lib/xorg/Xorg', vram_used: gib, kind: 'graphics' as const },
      { pid: 13, name: 'C:\\Games\\game.exe', vram_used: 0.5 * gib, kind: 'both' as const },
      { pid: 4711, name: 'node', vram_used: 2 * gib, kind: 'compute' as const },
    ];
    assert.deepEqual(processRows(processes, new Map([[4711, 'qwen']])), {
      rows: [
        { name: 'qwen', vram: '2.0 GiB', ours: true },
        { name: 'Xorg (12)', vram: '1.0 GiB', ours: false },
        { name: 'game.exe (13)', vram: '0.5 GiB', ours: false },
        { name: 'another user’s process (88)', vram: '—', ours: false },
      ],
      more: 0,
    });
  });

  it('are counted where they are many', () => {
    const many = Array.from({ length: 300 }, (_, pid) => ({
      pid,
      name: 'worker',
      vram_used: 1,
      kind: 'compute' as const,
    }));
    const { rows, more } = processRows(many, noModels);
    assert.equal(rows.length + more, 300);
    assert.equal(rows.length, 4);
  });
});
