import assert from 'node:assert/strict';
import { cutSpecialTokens } from '../../../../server/src/completion/filters/special-tokens';
import { QWEN } from '../support';

const CODELLAMA = { prefix: '▁<PRE>', suffix: '▁<SUF>', middle: '▁<MID>', repository: null, file: null };
const CODESTRAL = { prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: null, repository: null, file: null };

describe('completion filter: special tokens', () => {
  const rows = [
    ['nothing special', QWEN, 'a < b | c > d', 'a < b | c > d'],
    ['own token', QWEN, 'foo()<|fim_middle|>bar', 'foo()'],
    ['the first of several', QWEN, 'a<|endoftext|>b<|fim_prefix|>c', 'a'],
    ['a token of another family', QWEN, 'a<fim_suffix>b', 'a'],
    ['fullwidth bars', QWEN, 'a<｜end▁of▁sentence｜>b', 'a'],
    ['a file separator', QWEN, 'a<file_sep>b.ts', 'a'],
    ['own token without the blank of its vocabulary', CODELLAMA, 'a <MID> b', 'a '],
    ['square brackets', CODESTRAL, 'x[0][SUFFIX]y', 'x[0]'],
    ['own token that the limit cut', CODESTRAL, 'x;[SUFF', 'x;'],
    ['a token that the limit cut', QWEN, 'foo();<|fim_mi', 'foo();'],
    ['a fullwidth token that the limit cut', QWEN, 'foo();<｜fim▁', 'foo();'],
    ['nothing but a token', QWEN, '<|endoftext|>', ''],
    ['pipes of F#', QWEN, 'f <| g |> h', 'f <| g |> h'],
    ['HTML', QWEN, '<s>old</s> <suffix>', '<s>old</s> <suffix>'],
    ['an array type', CODESTRAL, 'a[P', 'a[P'],
  ] as const;
  for (const [name, fim, text, expected] of rows) {
    it(name, () => assert.equal(cutSpecialTokens(text, fim), expected));
  }

  it('takes no token for one that a vocabulary spells empty', () => {
    assert.equal(
      cutSpecialTokens('a', { prefix: '', suffix: '', middle: '', repository: null, file: null }),
      'a',
    );
  });
});
