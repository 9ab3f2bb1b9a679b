import type { Golden } from './notation';

export const yaml: readonly Golden[] = [
  {
    name: 'keys of a mapping',
    shows: 'jobs:├\n  test:\n    runs-on: ubuntu-latest┤\non: push\n',
    writes: '\n  test:\n    runs-on: ubuntu-latest\non: push\n',
  },
  {
    name: 'two blanks, where the model has learned four',
    shows: 'a:\n  b:\n    c: 1\nd:├\n  e:\n    f: 2┤\n',
    writes: '\n    e:\n        f: 2\n',
  },
  {
    name: 'a list in brackets that the editor closed',
    shows: 'on: [├push, pull_request] # both┤⟦]⟧\n',
    writes: 'push, pull_request] # both\n',
  },
  {
    name: 'a value in its quotes',
    shows: 'node: "├20┤"\n',
    writes: '20"\nos: linux\n',
  },
  {
    name: 'nothing for the line below',
    shows: 'a: 1\n├┤\nb: 2\n',
    writes: 'b: 2\n',
  },
  {
    name: 'an entry over and over',
    shows: 'steps:├\n  - run: test┤\n',
    writes: '\n  - run: test\n  - run: test\n  - run: test\n',
  },
];
