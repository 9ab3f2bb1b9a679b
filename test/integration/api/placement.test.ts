import assert from 'node:assert/strict';
import { apiErrorSchema, instanceSchema, listModelsRequest, previewSchema, previewsRequest } from '#protocol';
import { type Api, startApi } from '../../../server/src/api';
import { ask, createLog, createParts, state } from './harness';

describe('HTTP API: models and placement', () => {
  let api: Api;
  let port: number;
  before(async () => {
    api = await startApi({ port: 0, parts: createParts(), log: createLog().log });
    port = api.address.port;
  });
  after(() => api.close());

  const get = async (path: string, method = 'GET') => {
    const { status, body } = await ask(port, path, { method });
    return { status, answer: JSON.parse(body) as unknown };
  };
  const post = async (body: object) => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(port, '/place_instance', { method: 'POST', headers, body: text });
    return { status: answer.status, answer: JSON.parse(answer.body) as { instance: unknown } };
  };
  const message = (answer: unknown) => apiErrorSchema.parse(answer).error.message;

  it('GET /models lists what is here and what can be done with it', async () => {
    const { status, answer } = await get('/models');
    assert.equal(status, 200);
    const { models } = listModelsRequest.result.parse(answer);
    assert.deepEqual(
      models.map(({ model, fit }) => [model.id, fit]),
      [['vramesh-tiny', 'gpu']],
    );
  });

  it('GET /instance/previews takes the wishes as text', async () => {
    const { status, answer } = await get(
      '/instance/previews?model_id=vramesh-tiny&prefer_gpu=true&min_nodes=1&sharding=Pipeline&context_size=2048&sequences=2&nodes=node-a,node-b',
    );
    assert.equal(status, 200);
    const { previews } = previewsRequest.result.parse(answer);
    assert.deepEqual(
      previews.map(({ kind, context_size, sequences, error }) => [kind, context_size, sequences, error]),
      [
        ['gpu', 2048, 2, null],
        ['cpu', 4096, 4, '2.0 GiB of RAM are missing.'],
      ],
    );
  });

  it('GET /instance/placement answers with the one that would be taken, or 409 with the reason', async () => {
    const { status, answer } = await get('/instance/placement?model_id=vramesh-tiny');
    assert.equal(status, 200);
    assert.equal(previewSchema.parse(answer).kind, 'gpu');
    const refused = await get('/instance/placement?model_id=vramesh-tiny&prefer_gpu=false');
    assert.equal(refused.status, 409);
    assert.equal(message(refused.answer), '2.0 GiB of RAM are missing.');
  });

  const wrong: [query: string, says: RegExp][] = [
    ['', /model_id/],
    ['?model_id=unknown', /There is no model "unknown"/],
    ['?model_id=vramesh-tiny&context_size=many', /must be a whole number/],
    ['?model_id=vramesh-tiny&context_size=1', /context_size/],
    ['?model_id=vramesh-tiny&sharding=Diagonal', /sharding/],
    ['?model_id=vramesh-tiny&prefer_gpu=maybe', /prefer_gpu/],
    ['?model_id=vramesh-tiny&min_nodes=0', /min_nodes/],
  ];
  for (const [query, says] of wrong) {
    it(`GET /instance/previews${query}: 400 with the reason`, async () => {
      const { status, answer } = await get(`/instance/previews${query}`);
      assert.equal(status, 400);
      assert.match(message(answer), says);
    });
  }

  it('POST /place_instance answers as soon as its devices are found', async () => {
    const { status, answer } = await post({ model_id: 'vramesh-tiny', prefer_gpu: true });
    assert.equal(status, 202);
    assert.equal(instanceSchema.parse(answer.instance).state, 'loading');
  });

  it('POST /place_instance of what must be copied first answers with the copy', async () => {
    const parts = createParts();
    const download = {
      id: 'coder.gguf',
      node_id: 'node-a',
      source: 'vramesh://node-b/coder.gguf',
      name: 'coder.gguf',
      state: 'downloading' as const,
      bytes: 0,
      total_bytes: 14_000_000,
      bytes_per_second: null,
      seconds_left: null,
      error: null,
      model_id: null,
    };
    let arrive = () => {};
    const arrived = new Promise<void>((fulfil) => {
      arrive = fulfil;
    });
    const instances: typeof parts.instances = {
      ...parts.instances,
      async place(request) {
        request.onCopy?.(download);
        await arrived;
        return parts.instances.place(request);
      },
    };
    const copying = await startApi({ port: 0, parts: { ...parts, instances }, log: createLog().log });
    const answer = await ask(copying.address.port, '/place_instance', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model_id: 'vramesh-tiny' }),
    });
    assert.equal(answer.status, 202);
    assert.deepEqual(JSON.parse(answer.body), { instance: null, download });
    arrive();
    await copying.close();
  });

  it('POST /place_instance of what cannot be: 409 with the reason; of what is not a wish: 400', async () => {
    const refused = await post({ model_id: 'unknown' });
    assert.equal(refused.status, 409);
    assert.match(message(refused.answer), /There is no model "unknown"/);
    assert.equal((await post({ model_id: 'vramesh-tiny', sequences: 1000 })).status, 400);
    assert.equal((await post({})).status, 400);
  });

  it('GET and DELETE /instance/{id}', async () => {
    const id = state.instances[0]?.id;
    const found = await get(`/instance/${id}`);
    assert.deepEqual([found.status, instanceSchema.parse(found.answer).id], [200, id]);
    assert.deepEqual(await get(`/instance/${id}`, 'DELETE'), { status: 200, answer: { instance_id: id } });
    for (const method of ['GET', 'DELETE']) {
      const gone = await get('/instance/none', method);
      assert.equal(gone.status, 404);
      assert.match(message(gone.answer), /There is no instance "none"/);
    }
  });
});
