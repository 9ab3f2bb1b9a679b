import assert from 'node:assert/strict';
import type { Download } from '#protocol';
import { downloadPart, downloadText, isUnderWay, openDownloads } from '../../../webview/src/download-words';

const gib = 1024 ** 3;
const download = (changes: Partial<Download> = {}): Download => ({
  id: 'd1',
  node_id: 'node-a',
  source: 'coder',
  name: 'coder.gguf',
  state: 'downloading',
  bytes: gib,
  total_bytes: 4 * gib,
  bytes_per_second: 61 * 1024 ** 2,
  seconds_left: 50,
  error: null,
  model_id: null,
  ...changes,
});

describe('a download on the page', () => {
  const cases: [string, Download, string, number | null][] = [
    ['how far, how fast, how long', download(), '1.0 of 4.0 GiB · 61 MiB/s · 50 s left', 0.25],
    [
      'what is not known',
      download({ bytes_per_second: null, seconds_left: null }),
      '1.0 of 4.0 GiB · —',
      0.25,
    ],
    ['no size', download({ total_bytes: null, seconds_left: null }), '1.0 GiB · 61 MiB/s', null],
    ['no speed while it is not under way', download({ state: 'paused' }), '1.0 of 4.0 GiB', 0.25],
  ];
  for (const [name, given, text, part] of cases)
    it(`says ${name}`, () => assert.deepEqual([downloadText(given), downloadPart(given)], [text, part]));

  it('is not shown any more when it is done', () => {
    assert.deepEqual(openDownloads([download({ state: 'done' }), download({ state: 'failed' })]).length, 1);
  });

  for (const state of ['waiting', 'downloading', 'verifying'] as const)
    it(`can be paused while it is ${state}`, () => assert.ok(isUnderWay(download({ state }))));
  for (const state of ['paused', 'failed'] as const)
    it(`can go on when it is ${state}`, () => assert.ok(!isUnderWay(download({ state }))));
});
