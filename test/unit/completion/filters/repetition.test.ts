import assert from 'node:assert/strict';
import { cutRepetition } from '../../../../server/src/completion/filters/repetition';
import { around } from '../support';

describe('completion filter: repetition', () => {
  const rows = [
    ['the same line', '|', 'a();\na();\na();', 'a();'],
    ['the same line, further down', '|', 'a();\nb();\nb();\nc();', 'a();\nb();'],
    ['its own line', 'foo|', '();\nfoo();\n', '();'],
    ['the same two lines', '|', 'a(\n  b)\na(\n  b)\na(', 'a(\n  b)'],
    ['the same four lines', '|', 'a\nb\nc\nd\na\nb\nc\nd', 'a\nb\nc\nd'],
    ['equal brackets', '|', '[\n[\n[\n]\n]\n]', '[\n[\n[\n]\n]\n]'],
    ['equal lines apart', '|', 'a();\nb();\na();', 'a();\nb();\na();'],
    ['the same phrase', 'x = |', 'foofoofoofoofo', 'foo'],
    [
      'the same phrase with blanks',
      '// |',
      'and then I go and then I go and then I go and then I go an',
      'and then I go ',
    ],
    ['the same phrase behind another', 'x = |', 'a + bar(bar(bar(bar(bar(', 'a + bar('],
    ['the same phrase, then another line', '|', 'x = lalalalalalalala\nfoo', 'x = lala'],
    ['the same phrase of emoji', '|', 'a 😀b😀b😀b😀b😀b😀b😀b😀b', 'a 😀b😀b'],
    ['three times', 'x|', '.parent.parent.parent', '.parent.parent.parent'],
    ['and something else', '|', '[null, null, null, null, null]', '[null, null, null, null, null]'],
    ['no letters', '|', '../../../../../../../', '../../../../../../../'],
    ['a line to draw', '|', '// ------------------------', '// ------------------------'],
  ] as const;
  for (const [name, marked, text, expected] of rows) {
    it(name, () => assert.equal(cutRepetition(text, around(marked)), expected));
  }
});
