import assert from 'node:assert/strict';
import { cutBrokenCharacters } from '../../../../server/src/completion/filters/broken-characters';

describe('completion filter: broken characters', () => {
  const rows = [
    ['whole characters', 'a\t😀é\n漢', 'a\t😀é\n漢'],
    ['first half of an emoji', 'a\uD83D', 'a'],
    ['second half of an emoji', 'a\uDE00b', 'a'],
    ['undecodable bytes', 'a\uFFFD', 'a'],
    ['a null', 'a\0b', 'a'],
    ['an escape sequence', 'a\u001B[31m', 'a'],
    ['a C1 control', 'a\u0085b', 'a'],
  ] as const;
  for (const [name, text, expected] of rows) {
    it(name, () => assert.equal(cutBrokenCharacters(text), expected));
  }
});
