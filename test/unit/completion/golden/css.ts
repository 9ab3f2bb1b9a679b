import type { Golden } from './notation';

export const css: readonly Golden[] = [
  {
    name: 'a rule',
    shows: '.box {├\n  color: red;\n}┤\n\n.other {\n',
    writes: '\n  color: red;\n}\n\n.other {\n  color: blue;\n}',
  },
  {
    name: 'a rule that is closed already',
    shows: '.box {├\n  color: red;┤\n}\n',
    writes: '\n  color: red;\n}\n\n.other {\n',
  },
  {
    name: 'a value before its semicolon',
    shows: '.box {\n  color: ├red┤;\n}\n',
    writes: 'red;\n  margin: 0;\n}\n',
  },
  {
    name: 'an address in brackets that the editor closed',
    shows: '.box {\n  background: url(├a.png) no-repeat;┤⟦)⟧\n}\n',
    writes: 'a.png) no-repeat;\n}\n',
  },
  {
    name: 'tabs, where the model has learned blanks',
    shows: '.a {\n\tcolor: red;\n}\n\n@media print {├\n\t.b {\n\t\tcolor: black;\n\t}\n}┤\n',
    writes: '\n  .b {\n    color: black;\n  }\n}\n',
  },
  {
    name: 'a declaration over and over',
    shows: '.box {├\n  margin: 0;┤\n}\n',
    writes: '\n  margin: 0;\n  margin: 0;\n  margin: 0;\n',
  },
];
