import type { Golden } from './notation';

export const javascript: readonly Golden[] = [
  {
    name: 'both branches',
    shows: '  if (ok) {├\n    yes();\n  } else {\n    no();\n  }┤\n',
    writes: '\n    yes();\n  } else {\n    no();\n  }\n  then();\n',
  },
  {
    name: 'a string in its quotes',
    shows: "import fs from '├node:fs┤';\n",
    writes: "node:fs';\nimport path from 'node:path';",
  },
  {
    name: 'a catch clause, with the model’s end token spelled out',
    shows: 'try {\n  f();\n} catch (├error┤) {\n}\n',
    writes: 'error<|endoftext|>',
  },
  {
    name: 'a callback, up to the line that closes it',
    shows: 'items.forEach((item) => {├\n  show(item);┤\n});\n',
    writes: '\n  show(item);\n});\nitems.clear();\n',
  },
  {
    name: 'an object, and the semicolon behind its bracket',
    shows: 'const point = {├ x: 1, y: 2 };┤⟦}⟧\n',
    writes: ' x: 1, y: 2 };\n',
  },
  {
    name: 'an index in brackets that the editor closed',
    shows: 'const last = list[├list.length - 1];┤⟦]⟧\n',
    writes: 'list.length - 1];\n',
  },
  {
    name: 'four blanks, where the model has learned two',
    shows:
      'function f() {\n    if (a) {\n        b();\n    }\n}\n\nfunction g() {├\n    for (const x of xs) {\n        h(x);\n    }\n}┤\n',
    writes: '\n  for (const x of xs) {\n    h(x);\n  }\n}\n',
  },
  {
    name: 'a phrase over and over',
    shows: 'const name = ├foo.bar.┤\n',
    writes: 'foo.bar.foo.bar.foo.bar.foo.bar.foo.bar.foo',
  },
  {
    name: 'nothing for the block above',
    shows: 'if (a) {\n  b();\n  c();\n}\nif (a) {├┤\n',
    writes: '\n  b();\n  c();\n}\n',
  },
  {
    name: 'nothing for the line above',
    shows: 'a.push(1);\n├┤\n',
    writes: 'a.push(1);\n',
  },
  {
    name: 'what follows an apostrophe in a comment',
    shows: "f(a); // don't (ask) ├me┤\n",
    writes: 'me\n',
  },
];
