import type { Golden } from './notation';

export const cpp: readonly Golden[] = [
  {
    name: 'a brace on its own line',
    shows: 'int main()├\n{\n    return 0;\n}┤\n',
    writes: '\n{\n    return 0;\n}\n\nint other()\n{',
  },
  {
    name: 'a header in its angle brackets',
    shows: '#include <├vector┤>\n',
    writes: 'vector>\n#include <string>\n',
  },
  {
    name: 'a loop in brackets that the editor closed',
    shows: 'for (├auto& x : xs) {┤⟦)⟧\n',
    writes: 'auto& x : xs) {\n',
  },
  {
    name: 'the end of a statement behind two brackets that the editor closed',
    shows: 'xs.push_back(std::move(├x));┤⟦))⟧\n',
    writes: 'x));\n',
  },
  {
    name: 'two blanks, where the model writes tabs',
    shows: 'class A {\n  int a;\n  void f() {├\n    if (a) {\n      g();\n    }\n  }┤\n};\n',
    writes: '\n\t\tif (a) {\n\t\t\tg();\n\t\t}\n\t}\n};\n',
  },
  {
    name: 'no bracket that nothing has opened',
    shows: 'int a = b[├0]┤;\n',
    writes: '0]);\n',
  },
  {
    name: 'the other branch is not in the block of the first',
    shows: '  if (a) {\n    ├b();┤\n  } else {\n    c();\n  }\n',
    writes: 'b();\n  } else {\n    c();\n  }\n',
  },
];
