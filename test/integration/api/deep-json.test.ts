/** JSON that is nested as deep as a body has room for, wherever a body may hold it: refused, or left unread. */
import assert from 'node:assert/strict';
import { serverLimits } from '../../../server/src/api/server';
import { close, createEndless, type Opened, open } from './endless';
import { ask } from './harness';

const depth = 150_000;
const lists = '['.repeat(depth) + ']'.repeat(depth);
const objects = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const schemas = `${'{"type":"array","items":'.repeat(30_000)}{"type":"null"}${'}'.repeat(30_000)}`;

const chat = '"messages":[{"role":"user","content":"x"}],"max_tokens":1';
const bodies: [route: string, body: (deep: string) => string][] = [
  ['/place_instance', (deep) => deep],
  ['/place_instance', (deep) => `{"model_id":${deep}}`],
  ['/place_instance', (deep) => `{"model_id":"x","nodes":${deep}}`],
  ['/infill', (deep) => deep],
  ['/infill', (deep) => `{"input_prefix":"","input_suffix":"","input_extra":[${deep}]}`],
  ['/infill', (deep) => `{"input_prefix":"","input_suffix":"","stop":${deep}}`],
  ['/tokenize', (deep) => `{"content":${deep}}`],
  ['/detokenize', (deep) => `{"tokens":${deep}}`],
  ['/v1/completions', (deep) => `{"prompt":${deep}}`],
  ['/v1/completions', (deep) => `{"prompt":"x","logit_bias":${deep}}`],
  ['/v1/chat/completions', (deep) => deep],
  ['/v1/chat/completions', (deep) => `{"messages":${deep}}`],
  ['/v1/chat/completions', (deep) => `{"messages":[{"role":"user","content":${deep}}]}`],
  ['/v1/chat/completions', (deep) => `{${chat},"tools":[${deep}]}`],
  [
    '/v1/chat/completions',
    (deep) =>
      `{${chat},"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"a":${deep}}}}}`,
  ],
];

describe('HTTP API: deep JSON', () => {
  const model = createEndless();
  let api: Opened;
  before(async () => {
    api = await open(model.parts, serverLimits);
  });
  after(() => close(api));

  for (const [route, body] of bodies) {
    it(`400 to ${route} with ${body('…')}`, async () => {
      for (const deep of [lists, objects, schemas]) {
        const { status, body: answer } = await ask(api.port, route, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: body(deep),
        });
        assert.equal(status, 400, answer.slice(0, 300));
        assert.ok(answer.length < 4096, `${answer.length} characters of answer`);
        assert.equal((await ask(api.port, '/health')).status, 200);
      }
      assert.deepEqual(api.lines, []);
      assert.equal(model.writing, 0);
    });
  }
});
