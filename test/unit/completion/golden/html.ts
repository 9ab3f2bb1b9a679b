import type { Golden } from './notation';

export const html: readonly Golden[] = [
  {
    name: 'the items of a list',
    shows: '<ul>├\n  <li>one</li>\n  <li>two</li>\n</ul>┤\n<p>end</p>\n',
    writes: '\n  <li>one</li>\n  <li>two</li>\n</ul>\n<p>end</p>\n',
  },
  {
    name: 'the items of a list that is closed already',
    shows: '<ul>├\n  <li>one</li>\n  <li>two</li>┤\n</ul>\n',
    writes: '\n  <li>one</li>\n  <li>two</li>\n</ul>\n',
  },
  {
    name: 'an attribute',
    shows: '<a href="├/home┤">Home</a>\n',
    writes: '/home">Home</a>\n',
  },
  {
    name: 'an attribute, and the tag behind its quote',
    shows: '<img src="├a.png" alt="a">┤⟦"⟧\n',
    writes: 'a.png" alt="a">\n',
  },
  {
    name: 'two blanks, where the model has learned four',
    shows: '<div>\n  <p>\n    a\n  </p>\n</div>\n<ol>├\n  <li>\n    b\n  </li>\n</ol>┤\n',
    writes: '\n    <li>\n        b\n    </li>\n</ol>\n',
  },
  {
    name: 'a text, up to the tag that is there',
    shows: '<title>├Welcome┤</title>\n',
    writes: 'Welcome</title>\n</head>\n',
  },
  {
    name: 'a phrase over and over',
    shows: '<p>├very ┤</p>\n',
    writes: 'very very very very very very very very very',
  },
];
