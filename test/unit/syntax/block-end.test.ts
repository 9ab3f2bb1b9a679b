/** `prefix├written┤rest`: the cursor is at `├`, the model has written up to the end, and the block ends at `┤`. */
import assert from 'node:assert/strict';
import { grammar } from './support';

const braces = (head: string, statement: string): string[] => [
  `${head} {├\n\t${statement}\n}┤`,
  `${head} {├\n\t${statement}\n}┤\n\n${head} {`,
  `${head} {├\n\t${statement}\n\n\t${statement}\n}┤\n${statement}`,
  `${head} {\n\t├${statement}\n}┤\n`,
  `${head} {├\n${statement}\n${statement}\n}┤\n${statement}`,
  `${head} {├\n\t${statement}`,
  `${head} {├`,
  `${head} {├ ${statement} }┤\n${statement}`,
];
const ifElse: readonly string[] = [
  'if (a) {├\n  b();\n} else {\n  c();\n}┤\nd();',
  'if (a) {├\n  b();\n} else {\n  c();',
  'if (a) {├\n  b();\n} else {',
  'if (a) {\n  b();\n} else {├\n  c();\n}┤\nd();',
];
const script: readonly string[] = [
  ...braces('function f(a)', 'g();'),
  ...ifElse,
  'a.map((b) => {├\n  c();\n});┤\nd();',
  'const a = {├\n  b: 1,\n};┤\nc();',
  'const a = [├\n  1,\n];┤',
  'const a = () =>├\n  b(\n    c,\n  );┤\nd();',
  'switch (a) {\n  case 1:├\n    b();\n    break;┤\n  case 2:\n}',
  'switch (a) {\n  case 1:├\n    b();\n    break;',
  'do {├\n  a();\n} while (b);┤\nc();',
  'class A {\n  b() {├\n    c();\n  }┤\n\n  d() {',
  'class A {├\n  b() {\n    c();\n  }\n}┤\nd();',
  'f(├\n  a,\n  b,\n);┤\nc();',
  'f(├a, b);┤\nc();',
  'if (a)├\n  b();\n  // why',
  'const a = `\n}`;\nif (a) {├\n  b(`\n}\n`);\n}┤\nc();',
];

const tables: Readonly<Record<string, readonly string[]>> = {
  typescript: [...script, 'interface A {├\n  b: string;\n}┤\nc();'],
  typescriptreact: script,
  javascript: script,
  python: [
    'def f():├\n    a()\n    b()┤\n\n\ndef g():',
    'def f():├\n    a()\n    b()',
    'def f():├\n    a()\n    # why',
    'def f():├\n    a()\n    # why\n    b()┤\nc()',
    'def f():├\n    if a:\n        b()\n\n    return c┤\nd()',
    'if a:├\n    b()\nelse:\n    c()┤\nd()',
    'if a:\n    b()\nelif c:├\n    d()\nelse:\n    e()┤\nf()',
    'class A:\n    def f(self):├\n        b()┤\n\n    def g(self):',
    'try:├\n    a()\nexcept E:\n    b()┤\nc()',
    'a = [├\n    1,\n]┤\nb()',
    'def f(├\n    a,\n):\n    b()┤\nc()',
    'def f(├\n    a,\n):\n    b()',
    'def f():├ return 1┤\na()',
    // A window may begin in a string: then code looks like text, and nobody can tell.
    'Text"""\n\ndef f():├\n    """Text (more)."""',
    'def f():├\n    """\nText\n"""\n    a()┤\nb()',
  ],
  go: [
    ...braces('func f(a int) error', 'g()'),
    'func f() {\n\tif err != nil {├\n\t\treturn err\n\t}┤\n\treturn nil\n}',
    'type A struct {├\n\tB int\n}┤\n\nvar c int',
  ],
  rust: [
    ...braces('fn f(a: u8) -> u8', 'g();'),
    'let a = match b {├\n    Some(c) => c,\n    None => 0,\n};┤\nd();',
    'impl A for B {├\n    fn c() {\n    }\n}┤\n\nfn d() {',
  ],
  java: [
    ...braces('void f(int a)', 'g();'),
    'class A {\n    void b()├\n    {\n        c();\n    }┤\n\n    void d()',
  ],
  cpp: [
    ...braces('int f(int a)', 'g();'),
    ...ifElse,
    'int main()├\n{\n    return 0;\n}┤\n\nint other()\n{',
    'struct A {├\n    int b;\n};┤\nint c;',
  ],
  csharp: [...braces('void F(int a)', 'G();'), 'class A\n{├\n    int B;\n}┤\n'],
  css: [
    '.a {├\n  color: red;\n}┤\n\n.b {',
    '@media (min-width: 1px) {├\n  .a {\n    color: red;\n  }\n}┤\n.b {}',
    '.a {├\n  color: red;',
  ],
  shellscript: [
    'if [ -f a ]; then├\n  b\nfi┤\nc',
    'if [ -f a ]; then├\n  b\nelse\n  c\nfi┤\nd',
    'for a in b; do├\n  c\ndone┤\nd',
    'f() {├\n  a\n}┤\nb',
    'case $a in├\n  b) c ;;\nesac┤\nd',
    'if [ -f a ]; then├\n  b',
  ],
  ruby: [
    'def f(a)├\n  b\nend┤\nc',
    'a.each do |b|├\n  c\nend┤\nd',
    'if a├\n  b\nelse\n  c\nend┤\nd',
    'if a├\n  b\nelse',
  ],
};

describe('syntax: where a block ends', () => {
  for (const [languageId, rows] of Object.entries(tables)) {
    for (const marked of rows) {
      it(`${languageId}: ${JSON.stringify(marked)}`, async () => {
        const [prefix = '', body = '', rest] = marked.split(/[├┤]/);
        const written = body + (rest ?? '');
        const end = (await grammar(languageId)).blockEnd(prefix, written);
        assert.equal(end, rest === undefined ? null : body.length);
      });
    }
  }
});
