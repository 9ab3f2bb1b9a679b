import assert from 'node:assert/strict';
import { createFilter } from '../../../../server/src/completion/filters';
import { around, QWEN } from '../support';

function filter(marked: string, written: string, explicit = false) {
  return createFilter(around(marked), QWEN, { explicit, languageId: 'typescript' })(written);
}

describe('completion filters, one after the other', () => {
  it('change nothing in a good text', () => {
    assert.deepEqual(filter('x = |', 'foo();'), { text: 'foo();', replaced: 0, dropped: null, steps: [] });
  });

  it('say what each of them did, in that order', () => {
    assert.deepEqual(filter('foo( |)', ' a, b)<|endoftext|>'), {
      text: 'a, b',
      replaced: 0,
      dropped: null,
      steps: [
        { filter: 'special tokens', text: ' a, b)' },
        { filter: 'rest of line', text: ' a, b' },
        { filter: 'leading space', text: 'a, b' },
      ],
    });
  });

  it('say what the text replaces', () => {
    assert.deepEqual(filter('bar(foo(|))', 'a).b)'), {
      text: 'a).b',
      replaced: 1,
      dropped: null,
      steps: [{ filter: 'rest of line', text: 'a).b' }],
    });
  });

  it('replace nothing when the end of the text, which did, is cut', () => {
    const { text, replaced } = filter('foo(|)', 'ab)<|endoftext|>;');
    assert.deepEqual([text, replaced], ['ab', 0]);
  });

  it('keep what closes two brackets when one of them is replaced', () => {
    const { text, replaced } = filter('bar(foo(|)', 'a)).b();');
    assert.deepEqual([text, replaced], ['a)).b();', 1]);
  });

  const dropped: readonly (readonly [name: string, marked: string, written: string, reason: RegExp])[] = [
    ['blanks', '|', ' \n', /nothing to add/],
    ['a bracket too many', 'x = 1;\n|', ')', /closed what is not open/],
    ['the block above', 'a = 1;\nb = 2;\n\n|', 'a = 1;\nb = 2;', /lines above/],
    ['the line above', 'a = 1;\n|', 'a = 1;', /line above/],
    ['one key', 'x = |', '1', /saves no key/],
    ['its own line', 'foo();|', '\nfoo();', /repeated the line/],
  ];
  for (const [name, marked, written, reason] of dropped) {
    it(`say why nothing is left: ${name}`, () => {
      const filtered = filter(marked, written);
      assert.match(filtered.dropped ?? '', reason);
      assert.deepEqual([filtered.text, filtered.replaced], ['', 0]);
    });
  }

  it('keep one key that was asked for', () => {
    assert.equal(filter('x = |', '1', true).text, '1');
  });
});
