import type { Golden } from './notation';

export const java: readonly Golden[] = [
  {
    name: 'a method on the line before an annotation',
    shows:
      '    @Override\n    public int size() {├\n        return size;\n    }┤\n\n    @Override\n    public void clear() {\n',
    writes: '\n        return size;\n    }\n\n    @Override\n    public void clear() {\n',
  },
  {
    name: 'tabs, where the model has learned blanks',
    shows: 'class A {\n\tint f() {├\n\t\tif (a) {\n\t\t\treturn 1;\n\t\t}\n\t}┤\n}\n',
    writes: '\n        if (a) {\n            return 1;\n        }\n    }\n}\n',
  },
  {
    name: 'the end of the statement behind a bracket that the editor closed',
    shows: '        list.add(├item);┤⟦)⟧\n',
    writes: 'item);\n        return list;\n',
  },
  {
    name: 'an argument in a statement that is complete',
    shows: '        list.add(├item┤);\n',
    writes: 'item);\n        return list;\n',
  },
  {
    name: 'a string and more behind its quote',
    shows: '        log("├size: " + size┤⟦"⟧);\n',
    writes: 'size: " + size);\n',
  },
  {
    name: 'a block over and over',
    shows: '    void f() {├\n        a(1);\n        b(2);┤\n    }\n',
    writes: '\n        a(1);\n        b(2);\n        a(1);\n        b(2);\n        a(1);\n',
  },
  {
    name: 'the body of a method, not the end of its class',
    shows: 'class A {\n    int f() {├\n        return 1;\n    }┤\n}\n',
    writes: '\n        return 1;\n    }\n}\n',
  },
];
