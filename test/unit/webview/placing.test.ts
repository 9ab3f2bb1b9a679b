/** Choosing a model and a place for it on the page, and what is said of each place. */
import assert from 'node:assert/strict';
import type { PagePreviews, PageWishes, Preview, Share } from '#protocol';
import {
  choiceOf,
  notPlacing,
  withModel,
  withOffer,
  withPreview,
  withWishes,
} from '../../../webview/src/placing';
import { modelChoices, previewText } from '../../../webview/src/preview-words';
import { gib, sampleInstance, samplePreview } from '../api/sample-state';

const offer = (model_id: string, previews: Preview[], wishes: PageWishes = {}): PagePreviews => ({
  type: 'previews',
  model_id,
  wishes,
  previews,
  problem: null,
});
const refused = samplePreview({ id: 'refused', error: '2.0 GiB are missing.' });
const first = samplePreview({ id: 'first' });
const second = samplePreview({ id: 'second' });
const open = { ...notPlacing, isOpen: true };

describe('placing on the page', () => {
  const chosen = withOffer(withModel(open, 'coder'), offer('coder', [refused, first, second]));

  it('looks at the best one that is possible first', () => assert.equal(chosen.chosenPreview?.id, 'first'));

  it('looks at another one when it is chosen, never at one that is not possible', () => {
    const other = withPreview(chosen, 'second');
    assert.equal(other.chosenPreview?.id, 'second');
    assert.equal(withPreview(other, 'refused').chosenPreview?.id, 'second');
    assert.equal(withPreview(other, 'unheard-of').chosenPreview?.id, 'second');
  });

  it('keeps the choice when the previews are worked out anew, as long as it is possible', () => {
    const other = withPreview(chosen, 'second');
    assert.equal(withOffer(other, offer('coder', [first, second])).chosenPreview?.id, 'second');
    const gone = { ...second, error: 'Somebody else took it.' };
    assert.equal(withOffer(other, offer('coder', [first, gone])).chosenPreview?.id, 'first');
    assert.equal(withOffer(other, offer('coder', [refused])).chosenPreview, null);
  });

  it('ignores the answer for a model that is not looked at any more, or when it was closed', () => {
    const next = withModel(chosen, 'another');
    assert.equal(next.chosenPreview, null);
    assert.equal(withOffer(next, offer('coder', [first])).chosenPreview, null);
    assert.equal(withOffer(notPlacing, offer('coder', [first])), notPlacing);
  });
});

describe('placing with wishes', () => {
  const wishes: PageWishes = { context_size: 8192 };
  const chosen = withPreview(withOffer(withModel(open, 'coder'), offer('coder', [first, second])), 'second');
  const wished = withWishes(chosen, wishes);

  it('places nothing until it is known what they come to', () => {
    assert.deepEqual(choiceOf(chosen), { model_id: 'coder', preview_id: 'second', wishes: {} });
    assert.equal(choiceOf(wished), null);
    assert.equal(choiceOf(withOffer(wished, offer('coder', [first, second]))), null);
  });

  it('stays at the place that was looked at, where that is possible', () => {
    const answered = withOffer(wished, offer('coder', [first, second], wishes));
    assert.deepEqual(choiceOf(answered), { model_id: 'coder', preview_id: 'second', wishes });
    const refused = withOffer(wished, offer('coder', [first, { ...second, error: 'No.' }], wishes));
    assert.equal(choiceOf(refused)?.preview_id, 'first');
  });

  it('keeps them for another model', () => {
    assert.deepEqual(withModel(wished, 'another').wishes, wishes);
  });
});

describe('a preview in words', () => {
  const share = (changes: Partial<Share> = {}): Share => ({
    node_id: 'node-a',
    node_name: 'tower',
    device_id: 'GPU-1',
    device_name: 'NVIDIA GeForce RTX 4090',
    gpu_index: 0,
    first_layer: 0,
    layers: 9,
    weights_bytes: 2 * gib,
    kv_cache_bytes: gib,
    compute_bytes: 0,
    overhead_bytes: 0,
    total_bytes: 3 * gib,
    free_bytes: 20 * gib,
    capacity_bytes: 24 * gib,
    ...changes,
  });
  const far = share({ node_id: 'node-b', node_name: 'attic', gpu_index: 1 });
  const embeddings = share({ device_id: 'cpu', gpu_index: null, layers: 0, total_bytes: 0.5 * gib });

  it('says where, how much and how fast', () => {
    assert.deepEqual(previewText(samplePreview({ shares: [share()] }), false), {
      title: 'GPU 0',
      memory: '+3.0 GiB',
      speed: '≈ 150 tokens/s',
      detail: '9 of 9 layers on GPU · context 4096 × 4',
    });
  });

  it('names the machines where there are several, and what each device takes', () => {
    const text = previewText(
      samplePreview({ shares: [embeddings, share(), far], transfer_seconds: 88, speed_source: 'measured' }),
      true,
    );
    assert.deepEqual(text, {
      title: 'GPU 0 of tower + GPU 1 of attic',
      memory: '+6.5 GiB',
      speed: '150 tokens/s',
      detail:
        '9 of 9 layers on GPU · context 4096 × 4 · first load about 1 min · CPU of tower +0.5 GiB · GPU 0 of tower +3.0 GiB · GPU 1 of attic +3.0 GiB',
    });
  });

  it('counts devices that are too many to name', () => {
    const many = Array.from({ length: 16 }, (_, index) =>
      share({ gpu_index: index, node_id: `node-${index % 2}` }),
    );
    assert.equal(previewText(samplePreview({ shares: many }), true).title, '16 devices on 2 machines');
    assert.equal(
      previewText(samplePreview({ shares: many.slice(0, 5).map((one) => ({ ...one, node_id: 'a' })) }), false)
        .title,
      '5 devices',
    );
  });

  it('gives the reason why not', () => {
    const text = previewText(
      samplePreview({ kind: 'none', decode_tokens_per_second: null, error: 'Too large.' }),
      false,
    );
    assert.deepEqual(text, { title: 'Nowhere', memory: '—', speed: '—', detail: 'Too large.' });
  });
});

describe('the models to choose from', () => {
  it('are those that can be used, here and elsewhere', () => {
    const { model } = sampleInstance();
    const listing = {
      model,
      facts: null,
      problem: null,
      fit: 'gpu' as const,
      instances: [],
      deletable: false,
    };
    assert.deepEqual(
      modelChoices(
        [listing, { ...listing, problem: 'It is broken.' }],
        [{ name: 'far.gguf', size_bytes: 9 * gib, machines: ['attic', 'cellar'] }],
      ),
      [
        { id: 'vramesh-tiny', text: 'vramesh-tiny — 14 MiB' },
        { id: 'far.gguf', text: 'far.gguf — 9.0 GiB, on attic, cellar' },
      ],
    );
  });
});
