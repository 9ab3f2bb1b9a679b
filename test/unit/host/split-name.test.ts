import assert from 'node:assert/strict';
import { splitName } from '../../../server/src/split-name';

describe('names of split models', () => {
  const cases: [name: string, parts: string[] | null][] = [
    ['m-00001-of-00002.gguf', ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf']],
    ['q8/m-00002-of-00002.GGUF', ['q8/m-00001-of-00002.GGUF', 'q8/m-00002-of-00002.GGUF']],
    ['m-00001-of-00001.gguf', ['m-00001-of-00001.gguf']],
    ['two\nlines-00001-of-00001.gguf', ['two\nlines-00001-of-00001.gguf']],
    ['m.gguf', null],
    ['m-00003-of-00002.gguf', null],
    ['m-00000-of-00002.gguf', null],
    ['m-00001-of-00000.gguf', null],
    ['m-00001-of-99999.gguf', null],
    ['m-1-of-2.gguf', null],
    ['-00001-of-00002.gguf', null],
    ['m-00001-of-00002.txt', null],
  ];
  for (const [name, parts] of cases) {
    it(JSON.stringify(name), () => assert.deepEqual(splitName(name)?.parts ?? null, parts));
  }
});
