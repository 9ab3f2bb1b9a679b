import assert from 'node:assert/strict';
import type { ModelListing } from '#protocol';
import { catalogueItem, listingItem, notHere, quantizationItems } from '../../../client/src/text/model-items';
import { sampleInstance } from '../api/sample-state';
import { embeddedListing, sampleEntry, sampleListing } from '../cli/samples';

const { facts } = sampleListing();

describe('a model in the list', () => {
  const shown: [what: string, changes: Partial<ModelListing>, description: string][] = [
    ['fits', {}, '4.7 GiB · Q8_0 · fits on the GPU'],
    ['fits in part', { fit: 'gpu+cpu' }, '4.7 GiB · Q8_0 · GPU and CPU'],
    ['fits the CPU', { fit: 'cpu' }, '4.7 GiB · Q8_0 · CPU'],
    ['is too large', { fit: 'none' }, '4.7 GiB · Q8_0 · too large'],
    ['was not read yet', { facts: null, fit: null }, '4.7 GiB'],
    ['is placed', { instances: ['instance-1'] }, '4.7 GiB · Q8_0 · fits on the GPU · ready'],
    [
      'cannot complete code',
      { facts: facts && { ...facts, fim: null } },
      '4.7 GiB · Q8_0 · fits on the GPU · no code completion',
    ],
  ];
  for (const [what, changes, description] of shown) {
    it(what, () => {
      const item = listingItem(sampleListing(changes), [sampleInstance()]);
      assert.deepEqual(item, { label: 'large-q8_0', description, detail: '/models/large-q8_0.gguf' });
    });
  }

  it('that cannot be used says why, and nothing of where it would fit', () => {
    const item = listingItem(sampleListing({ problem: 'A part is missing.', facts: null, fit: 'none' }), []);
    assert.deepEqual(item, {
      label: '$(warning) large-q8_0',
      description: '4.7 GiB',
      detail: 'A part is missing.',
    });
  });

  it('that ships with VRAMesh says that it is weak', () =>
    assert.match(listingItem(embeddedListing, []).detail, /weak/));
});

describe('the catalogue in the list', () => {
  it('says what a model is good at', () => {
    assert.deepEqual(catalogueItem(sampleEntry()), {
      label: '$(cloud-download) Large',
      description: '1.5B · Apache-2.0',
      detail: 'quick completions',
    });
  });

  const other = sampleEntry({ id: 'other', files: { q8_0: 'folder/other-00001-of-00002.gguf' } });
  const at = (path: string) => sampleListing({ model: { ...sampleListing().model, path } });
  const missing: [what: string, path: string, ids: string[]][] = [
    ['one quantisation is enough', '/models/large-q4_k_m.gguf', ['other']],
    ['the folder does not matter', 'C:\\models\\other-00001-of-00002.gguf', ['large']],
    ['another file', '/models/large.gguf', ['large', 'other']],
  ];
  for (const [what, path, ids] of missing) {
    it(`offers what is not here: ${what}`, () => {
      const entries = notHere([sampleEntry(), other], [at(path)]);
      assert.deepEqual(
        entries.map(({ id }) => id),
        ids,
      );
    });
  }

  it('offers the quantisations, the recommended one first', () => {
    const items = quantizationItems(sampleEntry());
    assert.deepEqual(
      items.map(({ label, description, source }) => [label, description, source]),
      [
        ['q8_0', 'recommended', 'large'],
        ['q4_k_m', '', 'large:q4_k_m'],
      ],
    );
  });
});
