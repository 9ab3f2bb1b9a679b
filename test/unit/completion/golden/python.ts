import type { Golden } from './notation';

export const python: readonly Golden[] = [
  {
    name: 'a function by its layout',
    shows: 'def mean(xs):├\n    if not xs:\n        return 0\n\n    return sum(xs) / len(xs)┤\n',
    writes:
      '\n    if not xs:\n        return 0\n\n    return sum(xs) / len(xs)\n\n\ndef median(xs):\n    xs = sorted(xs)\n',
  },
  {
    name: 'an argument before others',
    shows: 'print(├len(xs)┤, file=err)\n',
    writes: 'len(xs), file=err)\n',
  },
  {
    name: 'nothing for what stands below',
    shows: 'for x in xs:\n    ├┤\n    print(x)\n    y = x\n',
    writes: 'print(x)\n    y = x\n    z = y',
  },
  {
    name: 'a body that the model indents itself',
    shows: 'def f(a):\n├    return a + 1┤\n',
    writes: '    return a + 1\n\ndef g(a):\n    return a\n',
  },
  {
    name: 'two blanks, where the model has learned four',
    shows: 'def f(a):\n  if a:\n    return 1\n  return 2\n\ndef g(a):├\n  for x in a:\n    yield x┤\n',
    writes: '\n    for x in a:\n        yield x\n',
  },
  {
    name: 'an argument behind a string that the editor closed',
    shows: 'print("├total", total┤⟦"⟧)\n',
    writes: 'total", total)\n',
  },
  {
    name: 'the head of a function, in brackets that the editor closed',
    shows: 'def add(├a, b):┤⟦)⟧\n',
    writes: 'a, b):\n',
  },
  {
    name: 'no bracket too many',
    shows: 'total = sum(len(├x) for x in xs)┤\n',
    writes: 'x) for x in xs))\n',
  },
  {
    name: 'no colon, which is one key',
    shows: 'if a == b├┤\n',
    writes: ':\n',
  },
  {
    name: 'a line over and over',
    shows: 'def f():├\n    x = 1\n    print(x)┤\n',
    writes: '\n    x = 1\n    print(x)\n    print(x)\n    print(x)\n',
  },
];
