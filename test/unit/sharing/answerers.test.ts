/** Who answers a program or a chat, where nobody is ready at once. */
import assert from 'node:assert/strict';
import type { Instance } from '#protocol';
import type { RemoteNode } from '../../../server/src/cluster';
import { type AnswerersParts, createAnswerers } from '../../../server/src/sharing/answerers';
import { sampleDocument, sampleInstance } from '../api/sample-state';

const laptop = (state: Instance['state']): RemoteNode => ({
  left: false,
  peer: {
    node_id: 'node-b',
    name: 'laptop',
    status: 'online',
    version: '0.1.0',
    addresses: [],
    round_trip_ms: 1,
    bytes_per_second: null,
    added_by: 'node-b',
    added_at: 0,
    problem: null,
  },
  document: sampleDocument({ instances: [sampleInstance({ id: 'chatty-1', node_id: 'node-b', state })] }),
});

function answerersBeside(own: Instance[], parts: Pick<AnswerersParts, 'cluster'>) {
  return createAnswerers({
    nodeId: 'node-a',
    instances: {
      list: () => own,
      generate: () => assert.fail(),
      tokenize: () => assert.fail(),
      detokenize: () => assert.fail(),
      wake: () => assert.fail(),
      onChange: () => () => {},
    },
    models: { list: () => [] },
    nearest: { current: () => null },
    remote: { generate: () => assert.fail() },
    ...parts,
  });
}

describe('sharing: who answers', () => {
  it('an idle model of another machine is brought back, and answers when it is', async () => {
    let state: Instance['state'] = 'idle';
    let changed = () => {};
    const asked: string[] = [];
    const request: AnswerersParts['cluster']['request'] = async (peer, { method }) => {
      asked.push(`${peer} ${method}`);
      throw new Error('It is not ready (idle).');
    };
    const onChange = (listener: () => void) => {
      changed = listener;
      return () => {};
    };
    const answerers = answerersBeside([], { cluster: { nodes: () => [laptop(state)], onChange, request } });
    const found = answerers.find('vramesh-tiny', new AbortController().signal);
    assert.deepEqual(asked, ['node-b node/wake']);
    state = 'loading';
    changed();
    state = 'ready';
    changed();
    assert.equal((await found).kind, 'ready');
    assert.equal(asked.length, 1);
  });

  it('one that has failed here does not hide one that loads elsewhere', async () => {
    const cluster = {
      nodes: () => [laptop('loading')],
      onChange: () => () => {},
      request: () => assert.fail(),
    };
    const answerers = answerersBeside([sampleInstance({ state: 'failed' })], { cluster });
    const leaving = new AbortController();
    const found = answerers.find('vramesh-tiny', leaving.signal);
    leaving.abort();
    const answer = await found;
    assert.equal(answer.kind === 'not ready' && answer.instance.node_id, 'node-b');
  });
});
