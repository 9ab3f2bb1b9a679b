import type { Golden } from './notation';

export const go: readonly Golden[] = [
  {
    name: 'tabs',
    shows: '\tif err != nil {├\n\t\treturn err\n\t}┤\n\treturn nil\n}\n',
    writes: '\n\t\treturn err\n\t}\n\treturn nil\n}\n',
  },
  {
    name: 'tabs, where the model has learned blanks',
    shows: 'func f() {\n\tfor _, x := range xs {├\n\t\tif x > 0 {\n\t\t\tg(x)\n\t\t}\n\t}┤\n}\n',
    writes: '\n        if x > 0 {\n            g(x)\n        }\n    }\n}\n',
  },
  {
    name: 'arguments, and a block behind a bracket that the editor closed',
    shows: '\tif err := run(├ctx); err != nil {┤⟦)⟧\n\t}\n',
    writes: 'ctx); err != nil {\n\t\treturn err\n\t}\n',
  },
  {
    name: 'a string in its quotes',
    shows: 'import "├fmt┤"\n',
    writes: 'fmt"\n\nfunc main() {\n',
  },
  {
    name: 'the body up to the bracket that is there',
    shows: 'func main() {\n\t├fmt.Println("hi")┤\n}\n',
    writes: 'fmt.Println("hi")\n}\n\nfunc other() {\n',
  },
  {
    name: 'no bracket that nothing has opened',
    shows: '\tx := a[├i]┤\n',
    writes: 'i])\n',
  },
  {
    name: 'no comma, which is one key',
    shows: '\tf(a├┤\n\t\tb)\n',
    writes: ',\n',
  },
];
