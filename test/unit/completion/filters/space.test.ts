import assert from 'node:assert/strict';
import { trimDoubledSpace } from '../../../../server/src/completion/filters/leading-space';
import { trimTrailingSpace } from '../../../../server/src/completion/filters/trailing-space';
import { around } from '../support';

describe('completion filter: leading space', () => {
  const rows = [
    ['doubled', 'return |', ' x', 'x'],
    ['doubled, with a tab', 'return\t|', '\t x', 'x'],
    ['needed', 'return|', ' x', ' x'],
    ['indentation', '  |', '  x', '  x'],
    ['a new line', 'x; |', '\n  y', '\n  y'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(trimDoubledSpace(text, around(marked)), expected));
  }
});

describe('completion filter: trailing space', () => {
  const rows = [
    ['at the end of a line', '|\n', 'a \t', 'a'],
    ['blank lines', '|\n', 'a\n\n  ', 'a'],
    ['before code', 'f(|=> 1)', 'x  ', 'x '],
    ['before a blank', 'x = | + 1', 'y ', 'y'],
    ['inside', '|', 'a  \nb', 'a  \nb'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(trimTrailingSpace(text, around(marked)), expected));
  }
});
