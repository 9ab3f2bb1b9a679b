import assert from 'node:assert/strict';
import { type Document, press } from '../../support/typing/editor';

/** What a document is after keys; `|` is the cursor. */
function after(marked: string, keys: readonly string[], languageId = 'typescript'): string {
  const cursor = marked.indexOf('|');
  let document: Document = { text: marked.replace('|', ''), cursor, closers: [] };
  for (const key of keys) ({ document } = press(document, key, languageId));
  return `${document.text.slice(0, document.cursor)}|${document.text.slice(document.cursor)}`;
}

describe('the editor of the typing traces', () => {
  const rows: readonly (readonly [string, string, readonly string[], string, string?])[] = [
    ['closes a bracket', 'f|', ['('], 'f(|)'],
    ['not before a word', '|f', ['('], '(|f'],
    ['types over what it has closed', 'f|', ['(', ')', ')'], 'f())|'],
    ['but not what was there', 'f(|)', [')'], 'f()|)'],
    ['closes a quote', 'a = |', ["'"], "a = '|'"],
    ['not behind a word', 'don|', ["'"], "don'|"],
    ['takes back an empty pair', 'f|', ['(', 'Backspace'], 'f|'],
    ['keeps the indentation', '  a;|', ['Enter'], '  a;\n  |'],
    ['indents a block', 'f() |', ['{', 'Enter'], 'f() {\n  |\n}'],
    ['indents with a tab', 'f() |', ['{', 'Enter'], 'f() {\n\t|\n}', 'go'],
    ['indents behind a colon', 'if a:|', ['Enter'], 'if a:\n    |', 'python'],
    ['leaves no white space on an empty line', '  a;|', ['Enter', 'Enter'], '  a;\n\n  |'],
    ['takes back a step of indentation', '    |', ['Backspace'], '  |'],
    ['has the line ends of the document', 'a|\r\n', ['Enter'], 'a\r\n|\r\n'],
    ['takes back a line end of Windows', 'a\r\n|', ['Backspace'], 'a|'],
    ['moves over a line end of Windows', 'a|\r\nb', ['Right', 'Left'], 'a|\r\nb'],
    ['moves down and up', 'ab|c\nd\n', ['Down', 'Up', 'End'], 'abc|\nd\n'],
    ['stays on the last line', 'a\nb|', ['Down'], 'a\nb|'],
    ['stays on the first line', 'a|\nb', ['Up', 'Home'], '|a\nb'],
  ];
  for (const [name, marked, keys, expected, languageId] of rows) {
    it(name, () => assert.equal(after(marked, keys, languageId), expected));
  }
});
