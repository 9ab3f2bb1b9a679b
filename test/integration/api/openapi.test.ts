/** The description of the API is valid, and what a real host answers is what it describes. */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020';
import { cleanUp } from '../../support/host';
import { chatty, embedded, place, placeChat, placeChatty, type Served, serve, smallModel } from './served';

interface Call {
  readonly method: 'get' | 'post';
  /** As the document spells it. */
  readonly path: string;
  /** Where it differs. */
  readonly url?: string;
  readonly body?: object;
  readonly status?: number;
}

const messages = [{ role: 'user', content: 'x' }];
const chat = { model: chatty, messages, max_tokens: 2 };
/** A model that can be made to call. */
const caller = 'caller';
const tools = [{ type: 'function', function: { name: 'now' } }];
const chatTemplate = '{{ tools }}<tool_call>{"name": f, "arguments": a}</tool_call>{{ messages[0].content }}';
const prompt = { prompt: 'import ', max_tokens: 2 };

const calls: Call[] = [
  { method: 'get', path: '/health' },
  { method: 'get', path: '/state' },
  { method: 'get', path: '/gpu/info' },
  { method: 'get', path: '/models' },
  { method: 'get', path: '/props' },
  { method: 'get', path: '/props', url: '/props?model=x', status: 404 },
  { method: 'get', path: '/instance/previews', url: `/instance/previews?model_id=${embedded}` },
  { method: 'get', path: '/instance/placement', url: `/instance/placement?model_id=${embedded}` },
  { method: 'get', path: '/instance/{id}', url: `/instance/${embedded}-1` },
  { method: 'get', path: '/instance/{id}', url: '/instance/x', status: 404 },
  { method: 'post', path: '/place_instance', body: { model_id: 'x' }, status: 409 },
  { method: 'post', path: '/infill', body: { ...place, n_predict: 8 } },
  { method: 'post', path: '/infill', body: { ...place, n_predict: 8, response_fields: ['content'] } },
  { method: 'post', path: '/infill', body: {}, status: 400 },
  { method: 'post', path: '/tokenize', body: { content: 'a b' } },
  { method: 'post', path: '/detokenize', body: { tokens: [400] } },
  { method: 'get', path: '/v1/models' },
  { method: 'get', path: '/v1/models/{model}', url: `/v1/models/${embedded}` },
  { method: 'get', path: '/v1/models/{model}', url: '/v1/models/x', status: 404 },
  { method: 'post', path: '/v1/completions', body: { ...prompt, logprobs: 1, n: 2 } },
  { method: 'post', path: '/v1/completions', body: { prompt: 1 }, status: 400 },
  { method: 'post', path: '/v1/chat/completions', body: { ...chat, logprobs: true, top_logprobs: 1 } },
  { method: 'post', path: '/v1/chat/completions', body: { ...chat, model: 'x' }, status: 404 },
  { method: 'post', path: '/v1/chat/completions', body: { ...chat, tools }, status: 400 },
  {
    method: 'post',
    path: '/v1/chat/completions',
    body: { model: caller, messages, tools, tool_choice: 'required' },
  },
];

describe('HTTP API: its description', () => {
  let served: Served;
  let document: Record<string, unknown>;
  before(async () => {
    served = await serve([], { [caller]: { ...smallModel, chatTemplate } });
    await placeChatty(served);
    await placeChat(served, caller);
    document = Object(await served.host.http('/openapi.json'));
  });
  after(cleanUp);

  it('is a valid OpenAPI document', async () => {
    // It reads its schemas from beside itself.
    const { Validator } = await import('@seriousme/openapi-schema-validator');
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors));
  });

  for (const { method, path, url = path, body, status = 200 } of calls)
    it(`${method.toUpperCase()} ${url} answers ${status} as it says`, async () => {
      const response = await fetch(served.address + url, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      assert.equal(response.status, status, JSON.stringify(answer));
      const pointer = [path, method, 'responses', String(status), 'content', 'application/json', 'schema']
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
      const validate = ajv.addSchema(document, 'api').compile({ $ref: `api#/paths/${pointer}` });
      assert.ok(validate(answer), JSON.stringify(validate.errors));
    });
});
