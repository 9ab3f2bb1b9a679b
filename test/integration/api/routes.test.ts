import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { z } from 'zod';
import { apiErrorSchema, gpuInfoSchema, healthSchema, stateSchema } from '#protocol';
import { type Api, startApi } from '../../../server/src/api';
import { ask, createLog, createParts, listen, state } from './harness';

const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

describe('HTTP API', () => {
  let api: Api;
  let port: number;
  const { log, lines } = createLog();

  before(async () => {
    api = await startApi({ port: 0, parts: createParts(), log });
    port = api.address.port;
  });
  after(() => api.close());

  it('says on which address it listens', () => {
    assert.equal(api.address.host, '127.0.0.1');
    assert.ok(port > 0);
  });

  const answers = [
    { path: '/health', schema: healthSchema, expected: { status: 'ok', version: '1.2.3' } },
    { path: '/state', schema: stateSchema, expected: state },
    {
      path: '/gpu/info',
      schema: gpuInfoSchema,
      expected: { cluster_summary: { total_nodes: 2, gpu_nodes: 1, total_vram_mb: 8192 } },
    },
  ];
  for (const { path, schema, expected } of answers) {
    it(`GET ${path} answers by its schema`, async () => {
      const { status, headers, body } = await ask(port, path);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/json; charset=utf-8');
      assert.equal(headers['access-control-allow-origin'], undefined);
      const answer: unknown = JSON.parse(body);
      assert.deepEqual(z.strictObject(schema.shape).parse(answer), answer);
      for (const [key, value] of Object.entries(flatten(expected)))
        assert.equal(flatten(answer)[key], value, key);
    });
  }

  it('GET /state gives bytes as plain numbers, and null for what a lost GPU does not report', async () => {
    const { topology } = stateSchema.parse(JSON.parse((await ask(port, '/state')).body));
    const profile = topology.nodes[0]?.node_profile;
    assert.equal(profile?.memory.gpu_vram_total, 8_589_934_592);
    assert.equal(profile?.gpus[1]?.vram_total, null);
  });

  it('answers HEAD without a body', async () => {
    const { status, headers, body } = await ask(port, '/health', { method: 'HEAD' });
    assert.equal(status, 200);
    assert.ok(Number(headers['content-length']) > 0);
    assert.equal(body, '');
  });

  it('GET /openapi.json describes exactly the routes that answer', async () => {
    const first = await ask(port, '/openapi.json');
    assert.equal(first.status, 200);
    const { openapi, paths } = documentSchema.parse(JSON.parse(first.body));
    assert.match(openapi, /^3\.1\./);
    assert.deepEqual(Object.keys(paths).sort(), [
      '/detokenize',
      '/events',
      '/gpu/info',
      '/health',
      '/infill',
      '/instance/placement',
      '/instance/previews',
      '/instance/{id}',
      '/metrics',
      '/models',
      '/openapi.json',
      '/place_instance',
      '/props',
      '/state',
      '/tokenize',
      '/v1/chat/completions',
      '/v1/completions',
      '/v1/models',
      '/v1/models/{model}',
    ]);

    for (const [path, operations] of Object.entries(paths)) {
      const described = Object.keys(operations).map((method) => method.toUpperCase());
      for (const method of METHODS.filter((name) => name !== 'CONNECT' && name !== 'HEAD')) {
        const status =
          method === 'GET' && path === '/events'
            ? await statusOfStream(port)
            : (await ask(port, path.replace(/\{\w+\}/, 'instance-1'), { method })).status;
        // "previews" could be the id of an instance: who would delete that hears that there is none.
        const isId = method === 'DELETE' && path.startsWith('/instance/');
        assert.equal(status !== 405, isId || described.includes(method), `${method} ${path}: ${status}`);
      }
    }
    assert.equal((await ask(port, '/openapi.json')).body, first.body, 'the document does not change');
  });

  it('GET /openapi.json names the schemas, keeps their descriptions and leaves no reference open', async () => {
    const { body } = await ask(port, '/openapi.json');
    const { schemas } = documentSchema.parse(JSON.parse(body)).components;
    const referred = [...body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(referred)].sort(), Object.keys(schemas).sort());
    for (const name of ['State', 'Gpu', 'GpuInfo', 'Health', 'Instance']) assert.ok(name in schemas, name);
    assert.ok(body.includes('what happened and what to do, for people'));
  });

  const unrouted = [
    { method: 'GET', path: '/nothing', status: 404, says: /nothing at \/nothing.*openapi\.json/ },
    { method: 'GET', path: `/${'x'.repeat(5000)}`, status: 404, says: /nothing at/ },
    { method: 'GET', path: '/state/', status: 404, says: /nothing at \/state\// },
    { method: 'POST', path: '/state', status: 405, says: /\/state does not take POST, only GET, HEAD/ },
    { method: 'DELETE', path: '/health?x=1', status: 405, says: /\/health does not take DELETE/ },
    { method: 'HEAD', path: '/events', status: 405, says: null },
    { method: 'OPTIONS', path: '/state', status: 405, says: /does not take OPTIONS/ },
    { method: 'GET', path: '/%zz', status: 400, says: /not a valid url/ },
  ];
  for (const { method, path, status, says } of unrouted) {
    it(`answers ${status} to ${method} ${path.slice(0, 20)}, in words`, async () => {
      const answer = await ask(port, path, { method });
      assert.equal(answer.status, status);
      if (says !== null) assert.match(apiErrorSchema.parse(JSON.parse(answer.body)).error.message, says);
      if (status === 405) assert.match(String(answer.headers.allow), /^GET/);
    });
  }

  it('wrote no line to the log for any of this', () => assert.deepEqual(lines, []));
});

async function statusOfStream(port: number): Promise<number | undefined> {
  const stream = await listen(port);
  stream.destroy();
  return stream.statusCode;
}

/** `{a: {b: 1}}` → `{'.a.b': 1}` */
function flatten(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return { [path]: value };
  return Object.assign({}, ...Object.entries(value).map(([key, part]) => flatten(part, `${path}.${key}`)));
}
