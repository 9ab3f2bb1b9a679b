import type { Golden } from './notation';

export const typescript: readonly Golden[] = [
  {
    name: 'a loop head, with its brackets already there',
    shows: 'for (let i = 0; i < ├arr.length; i++┤) {\n}\n',
    writes: 'arr.length; i++) {\n  sum += arr[i];\n}',
  },
  {
    name: 'the body of a function, up to its end',
    shows: 'export function sum(a: number, b: number): number {├\n  return a + b;\n}┤\n',
    writes: '\n  return a + b;\n}\n\nexport function difference(a: number) {',
  },
  {
    name: 'the body of a function that is closed already',
    shows: 'function f(a: number) {\n  ├if (a > 0) {\n    return 1;\n  }┤\n}\n',
    writes: 'if (a > 0) {\n    return 1;\n  }\n  return 0;\n}\n\nfunction g() {',
  },
  {
    name: 'a method in a class, both of which are closed already',
    shows: 'class A {\n  f() {├\n    return 1;┤\n  }\n}\n',
    writes: '\n    return 1;\n  }\n}\n',
  },
  {
    name: 'a method that is not closed in a class that is',
    shows: 'class A {\n  f() {├\n    return 1;\n  }┤\n}\n',
    writes: '\n    return 1;\n  }\n}\n',
  },
  {
    name: 'arguments, and the end of the statement behind a bracket that the editor closed',
    shows: 'const sum = add(├a, b);┤⟦)⟧\n',
    writes: 'a, b);\nconst difference',
  },
  {
    name: 'a call on the result of a call, in brackets of another',
    shows: 'expect(sum(├1, 2)).toBe(3);┤⟦))⟧\n',
    writes: '1, 2)).toBe(3);\n',
  },
  {
    name: 'a call on the result of a call, and the semicolon that is there',
    shows: 'fetch(├url).then(read)┤⟦)⟧;\n',
    writes: 'url).then(read);\n',
  },
  {
    name: 'a string, and further arguments behind its quote',
    shows: "log('├done', count┤⟦'⟧);\n",
    writes: "done', count);\n",
  },
  {
    name: 'tabs, where the model has learned blanks',
    shows: 'class A {\n\ta = 1;\n\n\tf() {├\n\t\tif (this.a) {\n\t\t\tg();\n\t\t}\n\t}┤\n}\n',
    writes: '\n        if (this.a) {\n            g();\n        }\n    }\n}\n',
  },
  {
    name: 'no bracket that nothing has opened',
    shows: 'const a = b + ├count┤\n',
    writes: 'count);\n',
  },
  {
    name: 'no semicolon, which is one key',
    shows: 'return a├┤\n',
    writes: ';\n',
  },
  {
    name: 'a semicolon that was asked for',
    shows: 'return a├;┤\n',
    writes: ';\n',
    explicit: true,
  },
  {
    name: 'the head of a condition, in brackets that the editor closed',
    shows: 'if (├ready) {┤⟦)⟧\n',
    writes: 'ready) {\n',
  },
  {
    name: 'emoji around the cursor',
    shows: "say('😀 ├hello 👩‍👧┤ 😀');\n",
    writes: "hello 👩‍👧 😀');\n",
  },
];
