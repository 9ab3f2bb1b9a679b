/** Placing on another machine: what that one is asked for, and what is told of it meanwhile. */
import assert from 'node:assert/strict';
import { type Download, type Instance, type NodeDocument, peerPlaceRequest, wishesSchema } from '#protocol';
import type { Cluster } from '../../../server/src/cluster';
import { createPlacing, type PlaceAnywhere, type PlacingParts } from '../../../server/src/sharing/placing';
import { until } from '../../support/until';
import { sampleDocument, sampleInstance } from '../api/sample-state';

const model = sampleInstance().model;
const workstation = 'b'.repeat(64);
const file = 'tiny.gguf';

const copy = (changes: Partial<Download> = {}): Download => ({
  id: file,
  node_id: workstation,
  source: `vramesh://${'a'.repeat(64)}/${file}`,
  name: file,
  state: 'downloading',
  bytes: 0,
  total_bytes: model.size_bytes,
  bytes_per_second: null,
  seconds_left: null,
  error: null,
  model_id: null,
  ...changes,
});

/** This machine, beside a workstation that does nothing by itself. */
function cluster() {
  const listeners = new Set<() => void>();
  const document = sampleDocument();
  const asked: unknown[] = [];
  let answer: (instance: Instance) => void = () => assert.fail('nothing was asked for');
  const request: Cluster['request'] = (_peer, message, params) => {
    asked.push(params);
    return new Promise((fulfil) => {
      answer = (instance) => fulfil(message.result.parse({ instance }));
    });
  };
  const peer = {
    node_id: workstation,
    name: 'workstation',
    status: 'online' as const,
    version: '0.1.0',
    addresses: [],
    round_trip_ms: 1,
    bytes_per_second: null,
    added_by: workstation,
    added_at: 0,
    problem: null,
  };
  const parts: PlacingParts = {
    nodeId: 'a'.repeat(64),
    cluster: {
      nodes: () => [{ left: false, peer, document }],
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      request,
      handle: () => {},
    },
    instances: { place: () => assert.fail('it is placed elsewhere') },
    models: {
      list: () => [model],
      get downloads() {
        return assert.fail('nothing is fetched here');
      },
    },
    previews: {
      of: () => assert.fail('the preview is chosen'),
      coordinatedHere: () => assert.fail('the preview is chosen'),
      subject: () => ({
        model: { name: model.name, size_bytes: model.size_bytes, file },
        id: model.id,
        own: model,
      }),
    },
  };
  return {
    parts,
    asked,
    answer: (instance: Instance) => answer(instance),
    /** What the workstation says of itself from now on. */
    says(sections: Partial<NodeDocument>) {
      Object.assign(document, sections);
      for (const listener of listeners) listener();
    },
  };
}

const wanted = (more: Partial<PlaceAnywhere> = {}): PlaceAnywhere => ({
  modelId: model.id,
  wishes: wishesSchema.parse({}),
  previewId: `${workstation}/cpu`,
  keepFailure: false,
  signal: new AbortController().signal,
  onChange: () => {},
  ...more,
});

describe('sharing: placing on another machine', () => {
  for (const keepFailure of [true, false])
    it(`it is told whether a failure is to be kept there: ${keepFailure}`, async () => {
      const { parts, asked, answer } = cluster();
      const placing = createPlacing(parts)(wanted({ keepFailure }));
      await until('the request', () => asked.length > 0);
      assert.equal(peerPlaceRequest.params.parse(asked[0]).keep_failure, keepFailure);
      answer(sampleInstance({ id: 'tiny-1' }));
      assert.equal((await placing).id, 'tiny-1@workstation');
    });

  it('and who is told so keeps it', async () => {
    const { parts } = cluster();
    const kept: boolean[] = [];
    let told: Promise<unknown> | null = null;
    createPlacing({
      ...parts,
      cluster: {
        ...parts.cluster,
        handle({ params }, handler) {
          const shared = { name: model.name, size_bytes: model.size_bytes, file };
          const asked = { model: shared, holders: [], wishes: {}, preview_id: null, keep_failure: true };
          const peer = { id: workstation, name: 'workstation' };
          told = handler(params.parse(asked), peer, new AbortController().signal);
        },
      },
      instances: {
        async place({ keepFailure }) {
          kept.push(keepFailure);
          return sampleInstance();
        },
      },
    });
    await told;
    assert.deepEqual(kept, [true]);
  });

  it('how far it is, is told of what was not there before', async () => {
    const { parts, asked, answer, says } = cluster();
    const old = sampleInstance({ id: 'tiny-1', state: 'ready' });
    says({ instances: [old] });
    const told: string[] = [];
    const onChange = ({ id, state }: Instance) => told.push(`${id} ${state}`);
    const placing = createPlacing(parts)(wanted({ onChange }));
    await until('the request', () => asked.length > 0);
    says({ requests: 1 });
    says({ instances: [] });
    says({ instances: [sampleInstance({ id: 'tiny-2', state: 'loading' })] });
    assert.deepEqual(told, ['tiny-2@workstation loading']);
    answer(sampleInstance({ id: 'tiny-2' }));
    await placing;
  });

  it('a copy that must be made first is told of', async () => {
    const { parts, asked, answer, says } = cluster();
    says({ downloads: [copy({ id: 'old', state: 'failed' })] });
    const told: string[] = [];
    const placing = createPlacing(parts)(wanted({ onCopy: ({ id }) => told.push(id) }));
    await until('the request', () => asked.length > 0);
    says({ requests: 1 });
    says({ downloads: [copy({ id: 'another', name: 'another.gguf' })] });
    assert.deepEqual(told, []);
    says({ downloads: [copy()] });
    assert.deepEqual(told, [file]);
    says({ downloads: [copy({ state: 'done' })] });
    assert.deepEqual(told, [file]);
    answer(sampleInstance());
    await placing;
  });

  it('also one to this machine', async () => {
    const { parts } = cluster();
    const told: string[] = [];
    let state: Download['state'] = 'downloading';
    const listeners = new Set<() => void>();
    const shared = { name: model.name, size_bytes: model.size_bytes, file };
    const download = () => copy({ state, model_id: model.id });
    const placing = createPlacing({
      ...parts,
      instances: { place: async () => sampleInstance({ id: 'here' }) },
      models: {
        list: () => (state === 'done' ? [model] : []),
        downloads: {
          start: async () => download(),
          list: () => [download()],
          onChange(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
          cancel: () => assert.fail(),
          resume: () => assert.fail(),
        },
      },
      cluster: {
        ...parts.cluster,
        nodes: () =>
          parts.cluster.nodes().map((node) => ({
            ...node,
            document: node.document && { ...node.document, models: [shared] },
          })),
      },
      previews: { ...parts.previews, subject: () => ({ model: shared, id: model.name, own: null }) },
    })(wanted({ previewId: 'cpu', onCopy: ({ id }) => told.push(id) }));
    await until('the copy', () => told.length > 0);
    assert.deepEqual(told, [file]);
    state = 'done';
    for (const listener of listeners) listener();
    assert.equal((await placing).id, 'here');
  });
});
