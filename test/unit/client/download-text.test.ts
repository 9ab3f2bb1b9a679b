import assert from 'node:assert/strict';
import type { Download } from '#protocol';
import { createSteps } from '../../../client/src/commands/steps';
import {
  arrived,
  downloadItem,
  downloadLines,
  downloadsText,
  ownDownloads,
  progressText,
  sourceProblem,
} from '../../../client/src/text/download-text';
import { duration } from '../../../client/src/text/format';
import { gib, sampleNode, sampleState } from '../api/sample-state';
import { sampleDownload } from '../cli/samples';

const mib = 1024 ** 2;

describe('the progress of a download', () => {
  const texts: [what: string, changes: Partial<Download>, text: string][] = [
    ['everything known', {}, '42% · 2.0 GiB of 4.7 GiB · 85 MiB/s · 2 min left'],
    ['nothing known', { total_bytes: null, bytes_per_second: null, seconds_left: null }, '2.0 GiB'],
    [
      'a size of 0',
      { total_bytes: 0, bytes: 0, bytes_per_second: null, seconds_left: null },
      '0 MiB of 0 MiB',
    ],
    [
      'a slow line',
      { bytes: 10 * mib, bytes_per_second: 0.5 * mib, seconds_left: 9600 },
      '0% · 10 MiB of 4.7 GiB · 0.5 MiB/s · 2 h 40 min left',
    ],
    ['waiting', { state: 'waiting' }, 'waiting for its turn'],
    ['verifying', { state: 'verifying' }, '4.7 GiB arrived, being verified'],
  ];
  for (const [what, changes, text] of texts)
    it(what, () => assert.equal(progressText(sampleDownload(changes)), text));

  it('is 100 % only when nothing is missing, and never more', () => {
    const share = (bytes: number, total_bytes: number | null) => arrived({ bytes, total_bytes });
    assert.deepEqual(
      [share(0, 1000), share(999.9, 1000), share(1000, 1000), share(1100, 1000), share(1, null)],
      [0, 99, 100, 100, null],
    );
  });

  it('adds up to 100 %, never back and never past', () => {
    const step = createSteps();
    assert.deepEqual([10, null, 30, 20, 100, 250].map(step), [10, 0, 20, 0, 70, 0]);
  });

  it('tells times as people do', () => {
    assert.deepEqual([0.2, 59, 60, 3599, 3600, 4800].map(duration), [
      '1 s',
      '59 s',
      '1 min',
      '1 h',
      '1 h',
      '1 h 20 min',
    ]);
  });
});

describe('downloads in the status item', () => {
  const texts: [what: string, downloads: Download[], text: string][] = [
    ['none', [], ''],
    ['one', [sampleDownload()], '$(cloud-download) 42%'],
    [
      'two together',
      [sampleDownload(), sampleDownload({ bytes: 0, total_bytes: 4.7 * gib })],
      '$(cloud-download) 21%',
    ],
    ['one of unknown size', [sampleDownload(), sampleDownload({ total_bytes: null })], '$(cloud-download)'],
    [
      'only some that do not move',
      (['paused', 'failed', 'done'] as const).map((state) => sampleDownload({ state })),
      '',
    ],
  ];
  for (const [what, downloads, text] of texts) it(what, () => assert.equal(downloadsText(downloads), text));

  it('have a line each in the tooltip, with the reason where one failed', () => {
    const lines = downloadLines([
      sampleDownload(),
      sampleDownload({ state: 'failed', error: 'No space is left.' }),
      sampleDownload({ state: 'done' }),
    ]);
    assert.deepEqual(lines, [
      '$(cloud-download) large-q8\\_0.gguf: 42% · 2.0 GiB of 4.7 GiB · 85 MiB/s · 2 min left',
      '$(cloud-download) large-q8\\_0.gguf: No space is left.',
    ]);
  });
});

describe('downloads in the list', () => {
  const items: [state: Download['state'], label: RegExp, description: string][] = [
    ['paused', /Go on with large-q8_0\.gguf$/, 'paused, 2.0 GiB (42%) here'],
    ['failed', /Go on with/, 'failed, 2.0 GiB (42%) here'],
    ['downloading', /Watch large-q8_0\.gguf$/, '42% · 2.0 GiB of 4.7 GiB · 85 MiB/s · 2 min left'],
  ];
  for (const [state, label, description] of items) {
    it(state, () => {
      const item = downloadItem(sampleDownload({ state }));
      assert.match(item.label, label);
      assert.equal(item.description, description);
    });
  }
});

describe('downloads of several machines', () => {
  it('are told apart: a window goes on with those of its own machine only', () => {
    const here = sampleNode([]);
    const state = sampleState([here], []);
    const own = sampleDownload({ id: 'own', node_id: here.node_id });
    const downloads = [own, sampleDownload({ id: 'far', node_id: 'another' })];
    assert.deepEqual(ownDownloads({ ...state, downloads }), [own]);
    assert.deepEqual(ownDownloads({ ...state, downloads, topology: { nodes: [], connections: [] } }), []);
  });
});

describe('a source that was typed', () => {
  const good = [
    'hf:Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/qwen2.5-coder-1.5b-instruct-q8_0.gguf',
    'hf:owner/repo/folder/model-00001-of-00003.gguf',
    ' https://example.org/a/model.GGUF ',
    'https://huggingface.co/o/r/resolve/main/m.gguf?download=true',
  ];
  for (const source of good) it(`takes ${source}`, () => assert.equal(sourceProblem(source), null));

  const bad: [source: string, problem: RegExp][] = [
    ['hf:owner/repo', /\.gguf/],
    ['hf:model.gguf', /hf:owner\/repository\/file/],
    ['hf:owner/model.gguf', /hf:owner\/repository\/file/],
    ['http://example.org/m.gguf', /https:\/\//],
    ['https://example.org/m.safetensors', /\.gguf/],
    ['https://', /\.gguf/],
    ['https://exa mple/m.gguf', /https:\/\//],
    ['/home/me/m.gguf', /hf: or https/],
  ];
  for (const [source, problem] of bad)
    it(`refuses ${source}`, () => assert.match(sourceProblem(source) ?? '', problem));
});
