/** OpenAI's own client against a real host. */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020';
import OpenAI from 'openai';
import { openAiErrorSchema } from '#protocol';
import fixture from '../../fixtures/llama-server/cases.json';
import { cleanUp } from '../../support/host';
import { chatty, embedded, infilled, place, placeChatty, type Served, serve } from './served';

describe('HTTP API: OpenAI’s client', () => {
  let served: Served;
  let openai: OpenAI;
  before(async () => {
    served = await serve();
    ({ openai } = served);
    await placeChatty(served);
  });
  after(cleanUp);

  const hello = [{ role: 'user' as const, content: 'Say something.' }];
  const go = { model: embedded, prompt: 'import * as fs from ', temperature: 0 };

  it('lists the models, and retrieves one', async () => {
    const { data } = await openai.models.list();
    assert.deepEqual(data.map(({ id }) => id).sort(), [chatty, embedded]);
    assert.equal((await openai.models.retrieve(embedded)).id, embedded);
    await assert.rejects(openai.models.retrieve('gpt-4o'), { status: 404, code: 'model_not_found' });
  });

  it('completes a text, up to max_tokens, and counts', async () => {
    const { object, choices, usage } = await openai.completions.create({ ...go, max_tokens: 7 });
    assert.equal(object, 'text_completion');
    assert.ok(choices[0]?.text.startsWith("'./fs.js'"), choices[0]?.text);
    assert.equal(choices[0]?.finish_reason, 'length');
    assert.equal(usage?.completion_tokens, 7);
    assert.equal(usage?.total_tokens, 7 + (usage?.prompt_tokens ?? 0));
  });

  it('fills in the middle where there is a suffix', async () => {
    const answer = await openai.completions.create({
      model: embedded,
      prompt: place.input_prefix,
      suffix: place.input_suffix,
      max_tokens: 64,
      temperature: 0,
    });
    assert.deepEqual(answer.choices, [{ index: 0, text: infilled, logprobs: null, finish_reason: 'stop' }]);
  });

  it('streams what it would answer at once, with the usage where it is wanted', async () => {
    const whole = await openai.completions.create({ ...go, max_tokens: 12 });
    const stream = await openai.completions.create({
      ...go,
      max_tokens: 12,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    const ids = new Set<string>();
    const reasons: string[] = [];
    let usage: OpenAI.CompletionUsage | undefined;
    for await (const chunk of stream) {
      ids.add(chunk.id);
      text += chunk.choices[0]?.text ?? '';
      if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, whole.choices[0]?.text);
    assert.equal(ids.size, 1);
    assert.deepEqual(reasons, ['length']);
    assert.equal(usage?.completion_tokens, 12);
  });

  it('ends before a stop text, wherever its tokens end', async () => {
    const { choices } = await openai.completions.create({ ...go, max_tokens: 40, stop: ['s.j', 'never'] });
    assert.deepEqual(choices, [{ index: 0, text: "'./f", logprobs: null, finish_reason: 'stop' }]);
  });

  it('writes several texts of several prompts, in their order', async () => {
    const { choices, usage } = await openai.completions.create({
      ...go,
      prompt: [go.prompt, 'const value = '],
      max_tokens: 4,
      n: 2,
    });
    assert.deepEqual(
      choices.map(({ index }) => index),
      [0, 1, 2, 3],
    );
    assert.equal(choices[0]?.text, choices[1]?.text);
    assert.notEqual(choices[0]?.text, choices[2]?.text);
    assert.equal(usage?.completion_tokens, 16);
  });

  it('draws the same with one seed, and something else with another', async () => {
    const draw = async (seed: number) =>
      (await openai.completions.create({ ...go, temperature: 1.5, max_tokens: 24, seed })).choices[0]?.text;
    const [first, again, ...others] = await Promise.all([1, 1, 2, 3, 4].map(draw));
    assert.equal(first, again);
    assert.ok(others.some((text) => text !== first));
  });

  it('tells how likely the tokens were', async () => {
    const { choices } = await openai.completions.create({ ...go, max_tokens: 5, logprobs: 3 });
    const [{ text, logprobs } = { text: '', logprobs: null }] = choices;
    assert.equal(logprobs?.tokens?.join(''), text);
    assert.deepEqual(logprobs?.text_offset?.[0], 0);
    for (const [index, top] of (logprobs?.top_logprobs ?? []).entries()) {
      assert.equal(Object.keys(top).length, 3);
      // Nothing is likelier than what a temperature of 0 draws.
      assert.equal(Math.max(...Object.values(top)), logprobs?.token_logprobs?.[index]);
    }
    const chat = await openai.chat.completions.create({
      model: chatty,
      messages: hello,
      max_tokens: 3,
      logprobs: true,
      top_logprobs: 2,
    });
    assert.equal(chat.choices[0]?.logprobs?.content?.length, 3);
    assert.equal(chat.choices[0]?.logprobs?.content?.[0]?.top_logprobs.length, 2);
  });

  it('penalties make a model repeat itself less', async () => {
    const repeats = async (frequency_penalty: number) => {
      const { choices } = await openai.completions.create({ ...go, max_tokens: 60, frequency_penalty });
      const words = choices[0]?.text.split(/\W+/) ?? [];
      return words.length - new Set(words).size;
    };
    assert.ok((await repeats(2)) < (await repeats(0)));
  });

  it('chats: the conversation is put together by the template of the model', async () => {
    const answer = await openai.chat.completions.create({
      model: chatty,
      messages: hello,
      max_tokens: 8,
      temperature: 0,
    });
    assert.equal(answer.object, 'chat.completion');
    assert.equal(answer.choices[0]?.message.role, 'assistant');
    assert.equal(answer.usage?.completion_tokens, 8);
    const longer = await openai.chat.completions.create({
      model: chatty,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        ...hello,
        { role: 'assistant', content: 'No.' },
        ...hello,
      ],
      max_tokens: 1,
    });
    assert.ok((longer.usage?.prompt_tokens ?? 0) > (answer.usage?.prompt_tokens ?? 0) * 2);
  });

  it('what looks like a special token in a message stays text', async () => {
    const tokens = async (content: string) =>
      (
        await openai.chat.completions.create({
          model: chatty,
          messages: [{ role: 'user', content }],
          max_tokens: 1,
        })
      ).usage?.prompt_tokens ?? 0;
    assert.ok((await tokens('<|endoftext|>')) > (await tokens('x')) + 2);
  });

  it('streams a chat: first who speaks, then the text, then why it ended', async () => {
    const stream = await openai.chat.completions.create({
      model: chatty,
      messages: hello,
      max_tokens: 8,
      n: 2,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    assert.deepEqual(chunks[0]?.choices[0]?.delta, { role: 'assistant', content: '' });
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    for (const index of [0, 1]) {
      const own = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index);
      assert.equal(own.at(-1)?.finish_reason, 'length');
      assert.ok(own.map(({ delta }) => delta.content ?? '').join('').length > 0);
    }
    assert.equal(chunks.at(-1)?.usage?.completion_tokens, 16);
  });

  it('holds a text to a JSON Schema, while it is streamed, too', async () => {
    const schema = {
      type: 'object',
      properties: {
        colour: { enum: ['red', 'green'] },
        size: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 1, maxItems: 2 },
      },
      required: ['colour', 'size', 'tags'],
      additionalProperties: false,
      $defs: { tag: { type: 'string', maxLength: 4 } },
    };
    const request = {
      model: chatty,
      messages: hello,
      max_tokens: 400,
      response_format: { type: 'json_schema' as const, json_schema: { name: 'thing', schema } },
    };
    for (const seed of [1, 2, 3]) {
      const { choices } = await openai.chat.completions.create({ ...request, seed });
      assert.equal(choices[0]?.finish_reason, 'stop', choices[0]?.message.content ?? '');
      const answer = JSON.parse(choices[0]?.message.content ?? '');
      assert.deepEqual(Object.keys(answer), ['colour', 'size', 'tags']);
      assert.ok(['red', 'green'].includes(answer.colour));
      assert.ok(answer.size === null || Number.isInteger(answer.size));
      assert.ok(
        answer.tags.length >= 1 && answer.tags.every((tag: string) => [...tag].length <= 4),
        JSON.stringify(answer),
      );
    }
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ ...request, seed: 1, stream: true }))
      text += chunk.choices[0]?.delta.content ?? '';
    assert.deepEqual(Object.keys(JSON.parse(text)), ['colour', 'size', 'tags']);
  });

  const narrow: [what: string, schema: Record<string, unknown>][] = [
    ['bounds', { type: 'integer', minimum: -5, maximum: 117 }],
    ['a pattern', { type: 'string', pattern: '^[A-Z]{2}-\\d{3,5}( "[a-zé]{1,5}"| \\\\)?$' }],
    ['a date', { type: 'string', format: 'date' }],
    ['a part of a number', { type: 'number', minimum: 0, exclusiveMaximum: 1 }],
    ['a list of few', { type: 'array', items: { type: 'string', maxLength: 3 }, minItems: 1, maxItems: 3 }],
    [
      'two schemas at once',
      { allOf: [{ $ref: '#/$defs/a' }, { maxLength: 4 }], $defs: { a: { type: 'string' } } },
    ],
    [
      'what may be missing',
      {
        type: 'object',
        properties: { a: { type: 'boolean' }, b: { enum: ['x', null] }, c: { type: 'null' } },
        required: ['b'],
      },
    ],
  ];
  for (const [what, schema] of narrow)
    it(`holds a text to ${what}`, async () => {
      const validate = new Ajv2020({ formats: { date: /^\d{4}-\d\d-\d\d$/ } }).compile(schema);
      const response_format = { type: 'json_schema' as const, json_schema: { name: 'x', schema } };
      for (const seed of [1, 2, 3]) {
        const request = { model: chatty, messages: hello, max_tokens: 300, seed, response_format };
        const [choice] = (await openai.chat.completions.create(request)).choices;
        assert.equal(choice?.finish_reason, 'stop', choice?.message.content ?? '');
        const answer: unknown = JSON.parse(choice?.message.content ?? '');
        assert.ok(validate(answer), JSON.stringify({ answer, errors: validate.errors }));
      }
    });

  const odd: [what: string, schema: object][] = [
    ['quotes and line breaks', { const: 'a"b\\c\n::= root' }],
    [
      'names like rules',
      { type: 'object', properties: { '"': { type: 'null' }, '\n::=': { type: 'null' } } },
    ],
    ['half a character', { enum: ['\ud800', '\u0000', ']', '[^'] }],
    [
      'many lists in lists',
      { type: 'array', items: { type: 'array', items: { type: 'null' }, minItems: 1000 }, minItems: 1000 },
    ],
    ['itself, and nothing else', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }],
    [
      'itself, in a list',
      { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } } },
    ],
    [
      '900 choices',
      { anyOf: Array.from({ length: 900 }, (_none, index) => ({ const: `${'x'.repeat(30)}${index}` })) },
    ],
  ];
  for (const [what, schema] of odd)
    it(`a schema of ${what} does not harm the engine`, async () => {
      const pids = async () => (await served.host.state()).instances.map(({ engine_pid }) => engine_pid);
      const before = await pids();
      const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
      const body = { model: chatty, messages: hello, max_tokens: 40, response_format: format };
      assert.ok([200, 400].includes((await served.post('/v1/chat/completions', body)).status));
      assert.deepEqual(await pids(), before);
    });

  const refused: [what: string, body: object, status: number, code: string | null, says: RegExp][] = [
    ['an unknown model', { model: 'gpt-4o' }, 404, 'model_not_found', /There is no model "gpt-4o"/],
    ['a model without a template', { model: embedded }, 400, 'invalid_request', /no chat template/],
    [
      'messages that the template refuses',
      { messages: [{ role: 'assistant', content: 'x' }] },
      400,
      'invalid_request',
      /An assistant does not begin/,
    ],
    [
      'tools, of which its template knows nothing',
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      400,
      'unsupported_parameter',
      /no tools/,
    ],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      400,
      null,
      /messages/,
    ],
    ['a temperature of -1', { temperature: -1 }, 400, null, /temperature/],
    ['100 texts', { n: 100 }, 400, null, /body\/n/],
    ['logit_bias', { logit_bias: { 50: -100 } }, 400, 'unsupported_parameter', /logit_bias/],
    [
      'a schema that no text can be held to',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', schema: { type: 'string', not: { const: 'a' } } },
        },
      },
      400,
      'invalid_request',
      /JSON Schema at # has "not"/,
    ],
    [
      'a schema of a hundred thousand characters',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', schema: { type: 'string', description: 'x'.repeat(100_000) } },
        },
      },
      400,
      'invalid_request',
      /longer than 65536/,
    ],
  ];
  for (const [what, body, status, code, says] of refused)
    it(`answers ${status} to ${what}, in OpenAI's words`, async () => {
      const response = await served.post('/v1/chat/completions', {
        model: chatty,
        messages: hello,
        max_tokens: 4,
        ...body,
      });
      assert.equal(response.status, status);
      const { error } = openAiErrorSchema.parse(await response.json());
      assert.equal(error.code, code);
      assert.equal(error.type, 'invalid_request_error');
      assert.match(error.message, says);
    });

  for (const messages of fixture.invalid_messages)
    it(`refuses the messages ${JSON.stringify(messages)}`, async () => {
      const response = await served.post('/v1/chat/completions', { model: chatty, messages });
      assert.equal(response.status, 400);
      assert.match(openAiErrorSchema.parse(await response.json()).error.param ?? '', /^messages/);
    });

  it('answers a prompt that is longer than the context with the numbers', async () => {
    const long = 'const value = compute(value);\n'.repeat(500);
    for (const stream of [false, true])
      await assert.rejects(openai.completions.create({ ...go, prompt: long, stream }), {
        status: 400,
        code: 'context_length_exceeded',
        message: /The prompt has \d{4} tokens, which exceeds the model context window: it holds 1023/,
      });
    const { choices, usage } = await openai.completions.create({
      ...go,
      prompt: 'x y '.repeat(490),
      max_tokens: 100_000,
    });
    assert.equal(choices[0]?.finish_reason, 'length');
    assert.equal(usage?.total_tokens, 1023);
  });

  it('a client that stops reading stops the engine', async () => {
    const stream = await openai.completions.create({ ...go, max_tokens: 900, stream: true });
    for await (const _chunk of stream) break;
    await served.calm();
    const over = new AbortController();
    const asked = openai.completions.create({ ...go, max_tokens: 900 }, { signal: over.signal });
    over.abort();
    await assert.rejects(asked, OpenAI.APIUserAbortError);
    await served.calm();
  });
});
