import type { Golden } from './notation';

export const json: readonly Golden[] = [
  {
    name: 'a value in its quotes',
    shows: '{\n  "name": "├vramesh┤",\n  "private": true\n}\n',
    writes: 'vramesh",\n  "private": true\n}',
  },
  {
    name: 'an object in an array of objects',
    shows: '[\n  ├{\n    "a": 1\n  },┤\n  {\n    "a": 2\n  }\n]\n',
    writes: '{\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n',
  },
  {
    name: 'a key, and its value behind a quote that the editor closed',
    shows: '{\n  "├version": "1.0.0",┤⟦"⟧\n}\n',
    writes: 'version": "1.0.0",\n}\n',
  },
  {
    name: 'an object that is closed already',
    shows: '{\n  "scripts": {├\n    "test": "mocha"┤\n  }\n}\n',
    writes: '\n    "test": "mocha"\n  }\n}\n',
  },
  {
    name: 'two blanks, where the model has learned four',
    shows: '{\n  "a": {\n    "b": 1\n  },\n  "c": {├\n    "d": {\n      "e": 2\n    }\n  }┤\n}\n',
    writes: '\n      "d": {\n          "e": 2\n      }\n  }\n}\n',
  },
  {
    name: 'no bracket too many',
    shows: '{ "a": [1, ├2, 3]┤ }\n',
    writes: '2, 3]] }\n',
  },
];
