/** How much is completed at `│`. */
import assert from 'node:assert/strict';
import { type Extent, extentAt } from '../../../server/src/completion/extent';
import { look } from '../../../server/src/completion/surroundings';
import { grammar } from '../syntax/support';

type Row = readonly [name: string, marked: string, kind: Extent['kind']];

/** The same with a grammar and without. */
const everywhere: readonly Row[] = [
  ['code follows on the line', 'f(│)', 'line'],
  ['a bracket follows on the line', 'f() {│}', 'line'],
  ['the end of a statement', 'a = b│', 'line'],
  ['the end of a statement, blank below', 'a = b│\n\n', 'line'],
  ['amid statements', 'f()\n│\ng()', 'line'],
  ['the start of a document', '│', 'block'],
  ['the start of a document that has text', '│\n\nf()\n', 'block'],
  ['not indented, after a blank line', 'f()\n\n│\n', 'block'],
  ['not indented, between blank lines', 'f()\n\n│\n\ng()\n', 'block'],
  ['not indented, but amid what is', 'f(\n    a,\n\n│\n    b)\n', 'line'],
  ['something typed after a blank line', 'f()\n\ng│\n', 'line'],
  ['indented, after a blank line', '    f()\n\n    │\n', 'line'],
];
const hashComments: readonly Row[] = [
  ['below a comment', 'f()\n# The sum of a.\n│\n\ng()', 'block'],
  ['below a comment, indented', '    f()\n    # The sum of a.\n    │', 'block'],
  ['in a comment', 'f()\n# The sum│\n', 'line'],
  ['between a comment and its statement', 'f()\n# The sum of a.\n│\ng()', 'line'],
];

const tables: Readonly<Record<string, readonly Row[]>> = {
  html: [
    ...everywhere,
    ['behind a tag', '<ul>│', 'block'],
    ['behind a tag with attributes', '<ul class="a">│\n</ul>', 'block'],
    ['in an empty element', '<div>\n  <ul>\n    │\n  </ul>\n</div>', 'block'],
    ['in an element with a comment', '<ul>\n  <!-- items -->\n  │\n</ul>', 'block'],
    ['in an element with content', '<ul>\n  │\n  <li>a</li>\n</ul>', 'line'],
    ['behind content', '<ul>\n  <li>a</li>│\n</ul>', 'line'],
    ['behind an end tag', '<ul>\n</ul>│\n<p>a</p>', 'line'],
    ['behind a tag that has no end', '<p>a\n<br>│\n', 'line'],
    ['behind a tag that ends itself', '<img src="a"/>│\n', 'line'],
    ['amid text', '<p>a < b>c│\n', 'line'],
  ],
  json: [
    ...everywhere,
    ['in an object that begins', '{│', 'block'],
    ['in an empty object', '{\n  │\n}', 'block'],
    ['in an empty array', '{\n  "a": [\n    │\n  ]\n}', 'block'],
    ['before other members', '{\n  │\n  "a": 1\n}', 'line'],
    ['after other members', '{\n  "a": 1,\n  │\n}', 'line'],
    ['after a value', '{\n  "a": 1│\n}', 'line'],
  ],
  yaml: [
    ...everywhere,
    ...hashComments,
    ['behind a key', 'jobs:│\non: push\n', 'block'],
    ['below a key', 'jobs:\n  │\non: push\n', 'block'],
    ['behind a key that has values', 'jobs:│\n  test: 1\n', 'line'],
    ['behind a block scalar', '- run: |│\n', 'block'],
    ['behind a value', 'on: push│\n', 'line'],
  ],
  markdown: [
    ...everywhere,
    ['the rest of a paragraph', 'A quick │\n\n## Next\n', 'line'],
    ['a new paragraph', '# Title\n\n│\n\n## Next\n', 'block'],
    ['what an introduction promises', 'These are:│\n', 'block'],
  ],
  unknown: [
    ...everywhere,
    ...hashComments,
    ['`then`', 'if a then│\nend', 'block'],
    ['below `then`', 'if a then\n  │\nend', 'block'],
    ['`do`', 'while a do│', 'block'],
    ['a brace', 'f = {│\n}', 'block'],
    ['a bracket', 'f(│', 'block'],
    ['an arrow', 'f = a =>│', 'block'],
    ['a word that ends like `do`', 'undo│\n', 'line'],
    ['a head that has a body', 'if a then│\n  b\nend', 'line'],
    ['comments in an empty block', 'if a then\n  -- why\n  │\nend', 'block'],
    ['a comment that ends like a head', '-- if a then│\n', 'line'],
  ],
  typescript: [
    ...everywhere,
    ['the body of a function', 'function f() {│\n', 'block'],
    ['an empty body', 'function f() {\n  │\n}', 'block'],
    ['a body that has statements', 'function f() {\n  │\n  return 1;\n}', 'line'],
    ['below a comment', 'f();\n// The sum of a.\n│\n\ng();', 'block'],
    ['below a comment for an element', '/** The sum of a. */\n│', 'block'],
    ['in a comment', '// The sum│\n', 'line'],
    ['a brace in a string', 'const a = "{│\n', 'line'],
    ['a member of an object', 'const a = {\n  b:│\n};', 'line'],
  ],
  python: [
    ...everywhere,
    ...hashComments,
    ['the body of a function', 'def f():│\n\n\ndef g():\n    pass\n', 'block'],
    ['an empty body', 'def f():\n    │\n\n\ndef g():\n    pass\n', 'block'],
    ['a body that has statements', 'def f():\n    │\n    return 1\n', 'line'],
    ['a colon in a string', 'a = "if b:│\n', 'line'],
    ['an annotation', 'a:│\n', 'line'],
  ],
};
const withoutGrammar = new Set(['html', 'json', 'yaml', 'markdown', 'unknown']);

describe('completion: how much', () => {
  for (const [languageId, rows] of Object.entries(tables)) {
    for (const [name, marked, kind] of rows) {
      it(`${languageId}: ${name}`, async () => {
        const found = withoutGrammar.has(languageId) ? null : await grammar(languageId);
        const [before = '', after = ''] = marked.split('│');
        const place = look({ text: before + after, offset: before.length }, { before: 4096, after: 1024 });
        assert.ok(typeof place !== 'string', String(place));
        assert.equal(extentAt(place, found).kind, kind);
      });
    }
  }
});
