import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { nodeNameSchema } from '#protocol';
import { nodeName } from '../../../server/src/node-name';

describe('the name of this machine', () => {
  it('is its host name', () => assert.equal(nodeName(), hostname()));

  for (const name of ['', 'x'.repeat(1000), 'a\nb', '\u0000', `x${'💻'.repeat(100)}`])
    it(`${JSON.stringify(name.slice(0, 10))} is made one that members take`, () =>
      assert.equal(nodeNameSchema.safeParse(nodeName(name)).success, true));
});
