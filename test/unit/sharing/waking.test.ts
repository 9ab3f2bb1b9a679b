/** What a machine does that is told that its idle model is needed elsewhere. */
import assert from 'node:assert/strict';
import { serveWaking } from '../../../server/src/sharing/waking';

describe('sharing: waking', () => {
  it('a machine that is told brings its model back', async () => {
    const woken: string[] = [];
    let told: Promise<unknown> | null = null;
    serveWaking(
      {
        handle({ params }, handler) {
          const peer = { id: 'node-a', name: 'laptop' };
          told = handler(params.parse({ instance_id: 'coder-1' }), peer, new AbortController().signal);
        },
      },
      { wake: (id) => woken.push(id) },
    );
    assert.deepEqual(await told, {});
    assert.deepEqual(woken, ['coder-1']);
  });
});
