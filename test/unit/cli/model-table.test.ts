import assert from 'node:assert/strict';
import stringWidth from 'string-width';
import type { ModelListing } from '#protocol';
import { catalogueTable, modelTable } from '../../../server/src/cli/model-table';
import { embeddedListing, sampleEntry, sampleListing } from './samples';

const look = { width: 80, color: false };
const { facts } = sampleListing();

describe('model table', () => {
  const rows: [what: string, changes: Partial<ModelListing>, row: RegExp][] = [
    ['what a file says of itself', {}, /large-q8_0 +4\.7 GiB +Q8_0 +32768 +29 +yes +GPU +no\n/],
    ['what is placed', { instances: ['a'] }, /yes +GPU +yes\n/],
    ['where it fits in part', { fit: 'gpu+cpu' }, /yes +GPU\+CPU +no\n/],
    ['what is too large', { fit: 'none' }, /yes +no +no\n/],
    ['what was not read yet', { facts: null, fit: null }, /large-q8_0 +4\.7 GiB +— +— +— +— +— +no\n/],
    ['what cannot complete', { facts: facts && { ...facts, fim: null } }, /29 +no +GPU/],
    ['a path to be copied', {}, /^ {3}\/models\/large-q8_0\.gguf$/m],
    [
      'why it cannot be used',
      { problem: 'A part is missing.', facts: null, fit: 'none' },
      /Problem: A part is missing\./,
    ],
  ];
  for (const [what, changes, row] of rows)
    it(`shows ${what}`, () => assert.match(`${modelTable([sampleListing(changes)], [], look)}\n`, row));

  it('gives no path of the embedded model, which has a name', () => {
    const table = modelTable([embeddedListing], [], look);
    assert.match(table, /vramesh-tiny +13 MiB/);
    assert.doesNotMatch(table, /models\//);
  });

  it('shows what only other machines have, and which', () => {
    const far = { name: 'big-coder', size_bytes: 4 * 2 ** 30, machines: ['desk', 'rack'] };
    const table = modelTable([], [far], look);
    assert.match(table, /big-coder +4\.0 GiB/);
    assert.match(table, /On: desk, rack/);
  });

  it('says where models come from when there is none', () =>
    assert.match(modelTable([], [], look), /vramesh models --catalogue/));

  it('takes out of a file’s name what a terminal would obey, and keeps within the columns', () => {
    const model = {
      ...sampleListing().model,
      name: `\u001b[2J${'x'.repeat(200)}`,
      path: '/m\u001b[2J\n.gguf',
    };
    for (const line of modelTable([sampleListing({ model })], [], look).split('\n')) {
      assert.ok(stringWidth(line) <= 80, line);
      assert.doesNotMatch(line, /\p{C}/u);
    }
  });
});

describe('catalogue table', () => {
  it('shows what to pull, what it is good at, and in which types it comes, the default first', () => {
    const table = catalogueTable([sampleEntry()], look);
    assert.match(table, /large +1\.5B +32768 +Apache-2\.0\n/);
    assert.match(table, /Good at: quick completions\n/);
    assert.match(table, /Types: q8_0, large:q4_k_m\n/);
    assert.match(table, /vramesh pull SOURCE$/);
  });
});
