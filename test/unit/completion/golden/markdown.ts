import type { Golden } from './notation';

export const markdown: readonly Golden[] = [
  {
    name: 'the rest of a paragraph',
    shows: 'A quick ├brown fox.┤\n\n## Next\n',
    writes: ' brown fox.\n\n## Next\n\nText',
  },
  {
    name: 'a bracket that needs no partner',
    shows: '1) first ├thing, and 2) second :)┤\n',
    writes: 'thing, and 2) second :)\n',
  },
  {
    name: 'a link in brackets that the editor closed',
    shows: 'See [├the page](page.md).┤⟦]⟧\n',
    writes: 'the page](page.md).\n',
  },
  {
    name: 'the address of a link',
    shows: 'See [the page](├page.md┤) for more.\n',
    writes: 'page.md) for more.\n',
  },
  {
    name: 'a sentence over and over',
    shows: 'It is ├good. It is┤\n',
    writes: 'good. It is good. It is good. It is good. It is good. It is good.',
  },
  {
    name: 'nothing for the heading below',
    shows: 'Text.\n\n├┤\n\n## Next\n',
    writes: '## Next\n',
  },
];
