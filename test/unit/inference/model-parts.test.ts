import assert from 'node:assert/strict';
import path from 'node:path';
import { partPathsOf } from '../../../server/src/inference/model-parts';

describe('the files that a model is read from', () => {
  const at = (name: string) => path.join('models', name);

  for (const [name, expected] of [
    ['m.gguf', ['m.gguf']],
    ['m-1-of-2.gguf', ['m-1-of-2.gguf']],
    ['m-00001-of-00003.gguf', ['m-00001-of-00003.gguf', 'm-00002-of-00003.gguf', 'm-00003-of-00003.gguf']],
  ] as const)
    it(name, () => assert.deepEqual(partPathsOf(at(name)), expected.map(at)));

  for (const [name, message] of [
    ['m-00002-of-00003.gguf', 'is part 2 of a model: name part 1 instead'],
    ['m-00001-of-00000.gguf', 'is named as a part of a model, but no model has such parts: rename it'],
    ['m-00003-of-00002.gguf', 'is named as a part of a model, but no model has such parts: rename it'],
    ['m-00001-of-99999.gguf', 'is named as a part of a model, but no model has such parts: rename it'],
    ['-00001-of-00002.gguf', 'is named as a part of a model, but no model has such parts: rename it'],
  ] as const)
    it(`none of ${name}`, () => assert.throws(() => partPathsOf(at(name)), { message }));
});
