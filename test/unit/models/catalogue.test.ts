import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { catalogueEntrySchema } from '#protocol';
import { inCatalogue } from '../../../server/src/models/catalogue';

const entries = z
  .array(catalogueEntrySchema.strict())
  .parse(JSON.parse(readFileSync('server/src/models/catalogue.json', 'utf8')));

describe('models: the catalogue', () => {
  for (const entry of entries) {
    it(`${entry.id} is complete`, () => {
      assert.match(entry.id, /^[a-z0-9.-]+$/);
      assert.match(entry.repository, /^[\w.-]+\/[\w.-]+$/);
      assert.ok(entry.files[entry.default_quantization]);
      for (const [quantization, file] of Object.entries(entry.files)) {
        assert.match(file, /\.gguf$/);
        assert.ok(file.toLowerCase().includes(quantization), `${file} is ${quantization}`);
      }
      assert.ok(entry.licence && entry.good_at && entry.context_size >= 2048);
      assert.match(entry.source, /^https:\/\//);
    });
  }

  it('is about a dozen models, with one name each, small ones first', () => {
    assert.ok(entries.length >= 12);
    assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length);
    const sizes = entries.map(({ parameters }) => Number.parseFloat(parameters));
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => a - b),
    );
  });

  it('no two files have the same name: both can be on one machine', () => {
    const files = entries.flatMap((entry) => Object.values(entry.files).map((file) => file.toLowerCase()));
    assert.equal(new Set(files).size, files.length);
  });

  it('by id, by id and quantisation', () => {
    assert.equal(inCatalogue('qwen2.5-coder-3b')?.file, 'qwen2.5-coder-3b-instruct-q4_k_m.gguf');
    assert.equal(inCatalogue('qwen2.5-coder-3b:Q8_0')?.file, 'qwen2.5-coder-3b-instruct-q8_0.gguf');
    assert.equal(inCatalogue('qwen2.5-coder-3b:q8_0:x'), null);
    assert.equal(inCatalogue('/models/x.gguf'), null);
  });
});
