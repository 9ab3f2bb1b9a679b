import type { Golden } from './notation';

export const csharp: readonly Golden[] = [
  {
    name: 'a line, in a document with CRLF',
    shows: 'class A\r\n{\r\n    ├int x;\r\n    int y;┤\r\n}\r\n',
    writes: 'int x;\n    int y;\n}\n',
  },
  {
    name: 'the end of a statement behind a bracket that the editor closed, with CRLF',
    shows: '    Console.WriteLine(├name);┤⟦)⟧\r\n}\r\n',
    writes: 'name);\r\n    return;\r\n',
  },
  {
    name: 'blanks, where the model writes tabs, with CRLF',
    shows: 'class A\r\n{\r\n    int a;\r\n    void F() {├\r\n        G();\r\n    }┤\r\n}\r\n',
    writes: '\r\n\t\tG();\r\n\t}\r\n}\r\n',
  },
  {
    name: 'a string in quotes that the editor closed',
    shows: 'var name = "├value┤";\r\n',
    writes: 'value";\r\n',
  },
  {
    name: 'a type in brackets, and what follows it',
    shows: 'var n = int.Parse(├text) + 1┤⟦)⟧;\n',
    writes: 'text) + 1;\n',
  },
  {
    name: 'a property in its braces',
    shows: '    public int Size { ├get; set;┤ }\n',
    writes: 'get; set; }\n',
  },
];
