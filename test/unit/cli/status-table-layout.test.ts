/** How `vramesh status` looks, in terminals of any width, with colours and without. */
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import type { State } from '#protocol';
import { statusTable } from '../../../server/src/cli/status-table';
import {
  gib,
  lostGpu,
  sampleGpu,
  sampleInstance,
  sampleNode,
  samplePreview,
  sampleState,
} from '../api/sample-state';
import { desktop, engine, ofDownload, ofGpus, sampleShare } from './samples';

const show = (state: State, width = 80) => statusTable(state, { width, color: false });

const eightGpus = ofGpus(
  ...Array.from({ length: 8 }, (_, index) =>
    sampleGpu({ index, name: `NVIDIA H100 80GB HBM3 number ${index}`, processes: [engine, desktop] }),
  ),
);

describe('status table: layout', () => {
  const wide = ofGpus(
    sampleGpu({ name: '東京グラフィックス株式会社の高速演算装置二〇二六年版・特別仕様' }),
    sampleGpu({ index: 1, name: '👩‍🚀'.repeat(40) }),
    sampleGpu({ index: 2, name: 'x'.repeat(100_000), power_watts: 1200, power_limit_watts: 1200, temp: 105 }),
    sampleGpu({ index: 3, name: 'Gra\u0308fikkarte' }),
  );
  const manyInstances = sampleState(
    [sampleNode([], { gpu_problem: `path ${'/x'.repeat(200)} is missing` })],
    [
      sampleInstance({
        state: 'restarting',
        error: 'e'.repeat(500),
        backend: 'vulkan',
        context_size: 1_048_576,
      }),
      sampleInstance({ model: { ...sampleInstance().model, name: `Qwen${'-Coder'.repeat(50)}` } }),
      sampleInstance({
        placement: samplePreview({ shares: [sampleShare({ device_name: 'GPU '.repeat(50) })] }),
      }),
    ],
  );
  const longDownload = ofDownload({ state: 'failed', name: 'x'.repeat(300), error: 'no '.repeat(90) });
  const documents = {
    'eight GPUs': eightGpus,
    'wide names': wide,
    'long texts': manyInstances,
    'a long download': longDownload,
  };
  for (const [what, state] of Object.entries(documents)) {
    for (const width of [80, 100, 120]) {
      for (const color of [false, true]) {
        it(`keeps ${what} within ${width} columns ${color ? 'with' : 'without'} colour`, () => {
          const lines = statusTable(state, { width, color }).split('\n');
          for (const line of lines) assert.ok(stringWidth(line) <= width, `${stringWidth(line)}: ${line}`);
          assert.ok(lines.some((line) => stringWidth(line) === width));
        });
      }
    }
  }

  it('keeps the columns under their titles, whatever the width of the characters', () => {
    const lines = show(wide).split('\n');
    const starts = lines
      .filter((line) => / {2}(Status|ok)\s*$/.test(line))
      .map((line) => stringWidth(line.slice(0, line.search(/(Status|ok)\s*$/))));
    assert.equal(starts.length, 5);
    assert.equal(new Set(starts).size, 1);
  });

  it('says the same with colours as without', () => {
    for (const state of Object.values(documents)) {
      const coloured = statusTable(state, { width: 90, color: true });
      const trimmed = stripVTControlCharacters(coloured).replace(/ +$/gm, '');
      assert.equal(trimmed, show(state, 90));
      assert.notEqual(coloured, show(state, 90));
    }
  });

  const alarms = [
    { what: 'a lost GPU', state: ofGpus(lostGpu()), red: '\u001b[31mlost' },
    { what: 'a hot GPU', state: ofGpus(sampleGpu({ temp: 85 })), red: '\u001b[31m85 °C' },
    { what: 'full VRAM', state: ofGpus(sampleGpu({ vram_used: 7.9 * gib })), red: 'VRAM \u001b[31m█' },
    {
      what: 'a failed model',
      state: sampleState([], [sampleInstance({ state: 'failed' })]),
      red: '\u001b[31mfailed',
    },
  ];
  for (const { what, state, red } of alarms) {
    it(`paints red: ${what}`, () => {
      assert.ok(statusTable(state, { width: 80, color: true }).includes(red));
      assert.ok(!statusTable(ofGpus(sampleGpu()), { width: 80, color: true }).includes(red));
    });
  }

  it('stays readable where the terminal is narrower than any table', () => {
    assert.equal(show(eightGpus, 1), show(eightGpus, 60));
  });
});
