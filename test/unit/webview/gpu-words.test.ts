import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import { gpuDetails, holdingDetails } from '../../../webview/src/gpu-details';
import { gpuBadge, gpuNotice, gpuReadings, processRows } from '../../../webview/src/gpu-words';
import { gib, lostGpu, sampleGpu } from '../api/sample-state';

const values = (gpu: Gpu) => gpuReadings(gpu).map(({ value }) => value);
const noModels = new Map<number, string>();

describe('the readings of a GPU', () => {
  it('have their units', () => {
    assert.deepEqual(values(sampleGpu()), ['62 °C', '84 of 130 W']);
  });

  it('are dashes when it is lost', () => {
    assert.deepEqual(values(lostGpu()), ['—', '—']);
  });

  const temperatures: [number, number | null, string][] = [
    [84, null, '84 °C'],
    [85, null, '85 °C hot'],
    [84, 83, '84 °C hot'],
    [85, 95, '85 °C hot'],
  ];
  for (const [temp, limit, text] of temperatures) {
    it(`calls ${temp} °C of ${limit ?? 'an unknown limit'} "${text}"`, () => {
      const reading = gpuReadings(sampleGpu({ temp, temp_slowdown: limit }))[0];
      assert.deepEqual(reading, { label: 'Temperature', value: text, warning: text.endsWith('hot') });
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
    assert.equal(gpuBadge(throttled), 'throttled');
    assert.equal(gpuBadge(lostGpu()), 'lost');
    assert.equal(gpuBadge(sampleGpu()), null);
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
    assert.deepEqual(processRows(processes, new Map([[4711, 'qwen']])), [
      { label: 'model qwen', value: '2.0 GiB' },
      { label: 'Xorg (12)', value: '1.0 GiB' },
      { label: 'game.exe (13)', value: '0.5 GiB' },
      { label: 'another user’s process (88)', value: '—' },
    ]);
  });

  it('are counted where they are many', () => {
    const many = Array.from({ length: 300 }, (_, pid) => ({
      pid,
      name: 'worker',
      vram_used: 1,
      kind: 'compute' as const,
    }));
    const rows = processRows(many, noModels);
    assert.equal(rows.length, 9);
    assert.deepEqual(rows.at(-1), { label: 'and 292 more', value: '' });
  });

  it('are unknown rather than none', () => {
    assert.deepEqual(processRows(null, noModels), [
      { label: 'Processes', value: 'The driver does not tell.' },
    ]);
    assert.deepEqual(processRows([], noModels), [{ label: 'Processes', value: 'none' }]);
  });
});

describe('the details of a GPU', () => {
  const rows = (gpu: Gpu) => gpuDetails(gpu, noModels).flatMap((group) => group.rows);

  it('are everything that the driver tells: no reading changes without a row that does', () => {
    const plain = sampleGpu({
      vram_reserved: 1,
      ecc_enabled: true,
      ecc_corrected: 1,
      ecc_uncorrected: 1,
      mig_enabled: false,
    });
    const before = JSON.stringify([rows(plain), gpuBadge(plain)]);
    // These are in its card's title, not in a row.
    const named = new Set(['index', 'name', 'vendor', 'status']);
    for (const [field, value] of Object.entries(plain).filter(([name]) => !named.has(name))) {
      const other = field === 'source' ? 'drm' : null;
      const after = JSON.stringify([rows({ ...plain, [field]: other }), gpuBadge(plain)]);
      assert.notEqual(after, before, `${field} (${JSON.stringify(value)}) is not shown`);
    }
  });

  it('are dashes where nothing is known', () => {
    const known = rows(lostGpu()).filter(({ value }) => value !== '—');
    assert.deepEqual(
      known.map(({ label }) => label),
      ['Bus address', 'Reported by', 'Compute capability', 'UUID', 'Processes'],
    );
  });

  it('begin with what each model holds', () => {
    const holding = {
      instanceId: 'one',
      mark: 'A',
      model: 'coder',
      state: 'ready' as const,
      layers: 'layers 1–9',
      weights: gib,
      kv: 0,
      buffers: 0,
    };
    assert.deepEqual(holdingDetails([holding])[0], {
      title: 'A coder',
      rows: [
        { label: 'Holds', value: 'layers 1–9' },
        { label: 'Weights', value: '1.0 GiB' },
        { label: 'KV cache', value: '0.0 GiB' },
        { label: 'Buffers', value: '0.0 GiB' },
      ],
    });
  });
});
