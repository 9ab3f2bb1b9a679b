/**
 * Whole completions. `├…┤` stands at the cursor and holds what is offered; `writes` is what the model wrote. The
 * answer must be the same however the engine cuts the text into pieces.
 */
import assert from 'node:assert/strict';
import { createCompleter } from '../../../server/src/completion';
import { openSyntax } from '../../../server/src/syntax';
import { GRAMMARS } from '../syntax/support';
import { inPieces, noWait, scripted } from './support';

interface Golden {
  readonly name: string;
  readonly languageId: string;
  readonly shows: string;
  readonly writes: string;
}

const goldens: readonly Golden[] = [
  {
    name: 'a loop head, with its brackets already there',
    languageId: 'typescript',
    shows: 'for (let i = 0; i < ├arr.length; i++┤) {\n}\n',
    writes: 'arr.length; i++) {\n  sum += arr[i];\n}',
  },
  {
    name: 'the body of a function, up to its end',
    languageId: 'typescript',
    shows: 'export function sum(a: number, b: number): number {├\n  return a + b;\n}┤\n',
    writes: '\n  return a + b;\n}\n\nexport function difference(a: number) {',
  },
  {
    name: 'the body of a function that is closed already',
    languageId: 'typescript',
    shows: 'function f(a: number) {\n  ├if (a > 0) {\n    return 1;\n  }┤\n}\n',
    writes: 'if (a > 0) {\n    return 1;\n  }\n  return 0;\n}\n\nfunction g() {',
  },
  {
    name: 'both branches',
    languageId: 'javascript',
    shows: '  if (ok) {├\n    yes();\n  } else {\n    no();\n  }┤\n',
    writes: '\n    yes();\n  } else {\n    no();\n  }\n  then();\n',
  },
  {
    name: 'a string in its quotes',
    languageId: 'javascript',
    shows: "import fs from '├node:fs┤';\n",
    writes: "node:fs';\nimport path from 'node:path';",
  },
  {
    name: 'a catch clause, with the model’s end token spelled out',
    languageId: 'javascript',
    shows: 'try {\n  f();\n} catch (├error┤) {\n}\n',
    writes: 'error<|endoftext|>',
  },
  {
    name: 'a function by its layout',
    languageId: 'python',
    shows: 'def mean(xs):├\n    if not xs:\n        return 0\n\n    return sum(xs) / len(xs)┤\n',
    writes:
      '\n    if not xs:\n        return 0\n\n    return sum(xs) / len(xs)\n\n\ndef median(xs):\n    xs = sorted(xs)\n',
  },
  {
    name: 'an argument before others',
    languageId: 'python',
    shows: 'print(├len(xs)┤, file=err)\n',
    writes: 'len(xs), file=err)\n',
  },
  {
    name: 'nothing for what stands below',
    languageId: 'python',
    shows: 'for x in xs:\n    ├┤\n    print(x)\n    y = x\n',
    writes: 'print(x)\n    y = x\n    z = y',
  },
  {
    name: 'tabs',
    languageId: 'go',
    shows: '\tif err != nil {├\n\t\treturn err\n\t}┤\n\treturn nil\n}\n',
    writes: '\n\t\treturn err\n\t}\n\treturn nil\n}\n',
  },
  {
    name: 'a match, up to the brace that is there',
    languageId: 'rust',
    shows: 'match x {\n    ├Some(v) => v,\n    None => 0,┤\n}\n',
    writes: 'Some(v) => v,\n    None => 0,\n}\n\nfn main() {}\n',
  },
  {
    name: 'a method with brackets of its own',
    languageId: 'rust',
    shows: 'let v = f(├g(x).unwrap()┤);\n',
    writes: 'g(x).unwrap());\nlet w',
  },
  {
    name: 'a method on the line before an annotation',
    languageId: 'java',
    shows:
      '    @Override\n    public int size() {├\n        return size;\n    }┤\n\n    @Override\n    public void clear() {\n',
    writes: '\n        return size;\n    }\n\n    @Override\n    public void clear() {\n',
  },
  {
    name: 'a brace on its own line',
    languageId: 'cpp',
    shows: 'int main()├\n{\n    return 0;\n}┤\n',
    writes: '\n{\n    return 0;\n}\n\nint other()\n{',
  },
  {
    name: 'a line, in a document with CRLF',
    languageId: 'csharp',
    shows: 'class A\r\n{\r\n    ├int x;\r\n    int y;┤\r\n}\r\n',
    writes: 'int x;\n    int y;\n}\n',
  },
  {
    name: 'the items of a list',
    languageId: 'html',
    shows: '<ul>├\n  <li>one</li>\n  <li>two</li>\n</ul>┤\n<p>end</p>\n',
    writes: '\n  <li>one</li>\n  <li>two</li>\n</ul>\n<p>end</p>\n',
  },
  {
    name: 'an attribute',
    languageId: 'html',
    shows: '<a href="├/home┤">Home</a>\n',
    writes: '/home">Home</a>\n',
  },
  {
    name: 'a rule',
    languageId: 'css',
    shows: '.box {├\n  color: red;\n}┤\n\n.other {\n',
    writes: '\n  color: red;\n}\n\n.other {\n  color: blue;\n}',
  },
  {
    name: 'a value in its quotes',
    languageId: 'json',
    shows: '{\n  "name": "├vramesh┤",\n  "private": true\n}\n',
    writes: 'vramesh",\n  "private": true\n}',
  },
  {
    name: 'an object in an array of objects',
    languageId: 'json',
    shows: '[\n  ├{\n    "a": 1\n  },┤\n  {\n    "a": 2\n  }\n]\n',
    writes: '{\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n',
  },
  {
    name: 'keys of a mapping',
    languageId: 'yaml',
    shows: 'jobs:├\n  test:\n    runs-on: ubuntu-latest┤\non: push\n',
    writes: '\n  test:\n    runs-on: ubuntu-latest\non: push\n',
  },
  {
    name: 'the rest of a paragraph',
    languageId: 'markdown',
    shows: 'A quick ├brown fox.┤\n\n## Next\n',
    writes: ' brown fox.\n\n## Next\n\nText',
  },
  {
    name: 'a conditional',
    languageId: 'shellscript',
    shows: 'if [ -f a ]; then├\n  rm a\nfi┤\necho done\n',
    writes: '\n  rm a\nfi\necho done\n',
  },
  {
    name: 'a model that goes round in circles',
    languageId: 'shellscript',
    shows: '├echo a┤\n',
    writes: 'echo a\necho a\necho a\necho a\n',
  },
  {
    name: 'emoji around the cursor',
    languageId: 'typescript',
    shows: "say('😀 ├hello 👩‍👧┤ 😀');\n",
    writes: "hello 👩‍👧 😀');\n",
  },
];

describe('completion: golden texts', () => {
  const syntax = openSyntax({ folder: GRAMMARS, now: () => 0, log: { warn: assert.fail } });
  for (const { name, languageId, shows, writes } of goldens) {
    it(`${languageId}: ${name}`, async () => {
      const [before = '', , after = ''] = shows.split(/[├┤]/);
      for (const size of [1, 3, 1000]) {
        const outcome = await createCompleter({ clock: noWait, syntax }).complete(
          {
            uri: 'file:///golden',
            languageId,
            text: before + after,
            offset: before.length,
            explicit: false,
            debounceMs: 0,
            maxTokens: 128,
            signal: new AbortController().signal,
          },
          scripted(inPieces(writes, size)),
        );
        const text = outcome.kind === 'suggestion' ? outcome.suggestion.insertText : '';
        assert.equal(`${before}├${text}┤${after}`, shows, `in pieces of ${size}`);
      }
    });
  }
});
