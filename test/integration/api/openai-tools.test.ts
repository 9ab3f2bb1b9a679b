/** Functions that a program offers to a model, with OpenAI's own client against a real host. */
import assert from 'node:assert/strict';
import type OpenAI from 'openai';
import { openAiErrorSchema } from '#protocol';
import { cleanUp } from '../../support/host';
import { chatty, placeChat, placeChatty, type Served, serve, smallModel } from './served';

/** In the special tokens of the embedded vocabulary: what is offered, what was said and called, and how to call. */
const template = (howTo: string) =>
  `{% if tools %}<|file_sep|>tools\n{{ tools | tojson }}\n${howTo}<|endoftext|>{% endif %}` +
  '{% for m in messages %}<|file_sep|>{{ m.role }}\n{{ m.content }}{% if m.tool_calls %}' +
  '{{ m.tool_calls | tojson }}{% endif %}{% if m.role == "tool" %}{{ m.tool_call_id }}{% endif %}' +
  '<|endoftext|>{% endfor %}<|file_sep|>assistant\n';
const hermes = template('<tool_call>{"name": f, "arguments": a}</tool_call>');
const formats = {
  hermes,
  llama: template('{"name": f, "parameters": p} {# ipython #}'),
  mistral: template('[TOOL_CALLS][{"name": f, "arguments": a}]'),
} as const;
const caller = 'caller';

const messages = [{ role: 'user' as const, content: 'What time is it in Oslo?' }];
const tool = (name: string, parameters?: OpenAI.FunctionParameters): OpenAI.ChatCompletionTool => ({
  type: 'function',
  function: { name, description: `Is called ${name}.`, ...(parameters && { parameters }) },
});
const tools = [
  tool('now'),
  tool('time_in', {
    type: 'object',
    properties: { city: { enum: ['Oslo', 'Rome'] }, hours: { type: 'integer', minimum: 1, maximum: 24 } },
    required: ['city', 'hours'],
    additionalProperties: false,
  }),
];

describe('HTTP API: functions, with OpenAI’s client', () => {
  let served: Served;
  let openai: OpenAI;
  before(async () => {
    const random = Object.entries(formats).map(([name, chatTemplate]) => [
      name,
      { ...smallModel, chatTemplate },
    ]);
    served = await serve([], {
      ...Object.fromEntries(random),
      // It says one thing: that it calls.
      [caller]: {
        ...smallModel,
        chatTemplate: hermes,
        says: ['ĠLet', '<tool_call>Ċ{"name":Ġ"time_in",Ġ"arguments":Ġ{"city":Ġ"', 'Oslo"}}Ċ</tool_call>'],
        spelled: {
          Ġfunction: 'ĠLet',
          Ġreturn: '<tool_call>Ċ{"name":Ġ"time_in",Ġ"arguments":Ġ{"city":Ġ"',
          Ġconst: 'Oslo"}}Ċ</tool_call>',
        },
      },
    });
    ({ openai } = served);
    await placeChatty(served);
    for (const name of [...Object.keys(formats), caller]) await placeChat(served, name);
  });
  after(cleanUp);

  it('a model that calls by itself is heard: words, then a call', async () => {
    const { choices } = await openai.chat.completions.create({
      model: caller,
      messages,
      tools,
      temperature: 0,
    });
    const [{ message, finish_reason } = assert.fail()] = choices;
    assert.equal(finish_reason, 'tool_calls');
    assert.equal(message.content, ' Let');
    const [call, ...others] = message.tool_calls ?? [];
    assert.deepEqual(others, []);
    assert.ok(call?.type === 'function');
    assert.match(call.id, /^[a-z0-9]{9}$/);
    assert.deepEqual(call.function, { name: 'time_in', arguments: '{"city":"Oslo"}' });
  });

  it('the same as a stream, as the client puts it together', async () => {
    const stream = openai.chat.completions.stream({ model: caller, messages, tools, temperature: 0 });
    const deltas: object[] = [];
    for await (const chunk of stream) deltas.push(...chunk.choices.map(({ delta }) => delta));
    assert.deepEqual(deltas.slice(0, 2), [{ role: 'assistant', content: '' }, { content: ' Let' }]);
    const final = await stream.finalChatCompletion();
    const [{ message, finish_reason } = assert.fail()] = final.choices;
    assert.equal(finish_reason, 'tool_calls');
    const [call] = message.tool_calls ?? [];
    assert.ok(call?.type === 'function');
    assert.equal(call.function.arguments, '{"city":"Oslo"}');
  });

  it('without functions, or with none to choose, the same text is only text', async () => {
    for (const wish of [{}, { tools, tool_choice: 'none' as const }]) {
      const { choices } = await openai.chat.completions.create({
        model: caller,
        messages,
        temperature: 0,
        ...wish,
      });
      assert.equal(choices[0]?.finish_reason, 'stop');
      assert.match(choices[0]?.message.content ?? '', /^ Let<tool_call>\n\{"name": "time_in"/);
      assert.equal(choices[0]?.message.tool_calls, undefined);
    }
  });

  for (const model of Object.keys(formats)) {
    it(`${model}: a model that must call does, with arguments as the schema wants them`, async () => {
      for (const seed of [1, 2, 3]) {
        const { choices } = await openai.chat.completions.create({
          model,
          messages,
          tools,
          seed,
          tool_choice: 'required',
          parallel_tool_calls: false,
        });
        const [{ message, finish_reason } = assert.fail()] = choices;
        assert.equal(finish_reason, 'tool_calls', message.content ?? '');
        assert.equal(message.content, null);
        const [call, ...others] = message.tool_calls ?? [];
        assert.deepEqual(others, []);
        assert.ok(call?.type === 'function');
        const given = JSON.parse(call.function.arguments);
        if (call.function.name === 'now') assert.deepEqual(given, {});
        else {
          assert.equal(call.function.name, 'time_in');
          assert.ok(['Oslo', 'Rome'].includes(given.city) && given.hours >= 1 && given.hours <= 24);
        }
      }
    });

    it(`${model}: it calls the one that is named, in a stream, too`, async () => {
      const wish = {
        model,
        messages,
        tools,
        tool_choice: { type: 'function' as const, function: { name: 'time_in' } },
        seed: 5,
      };
      const whole = await openai.chat.completions.create(wish);
      const final = await openai.chat.completions.stream(wish).finalChatCompletion();
      for (const { choices } of [whole, final]) {
        const calls = (choices[0]?.message.tool_calls ?? []).flatMap((call) =>
          call.type === 'function' ? [call.function] : [],
        );
        assert.deepEqual(
          calls.map(({ name }) => name),
          ['time_in'],
        );
        assert.deepEqual(Object.keys(JSON.parse(calls[0]?.arguments ?? '')), ['city', 'hours']);
      }
    });
  }

  it('each of several texts has its own call', async () => {
    const wish = { model: 'hermes', messages, tools, tool_choice: 'required' as const, n: 2 };
    const whole = await openai.chat.completions.create(wish);
    const streamed = await openai.chat.completions.stream(wish).finalChatCompletion();
    for (const { choices } of [whole, streamed])
      assert.deepEqual(
        choices.map(({ finish_reason, message }) => [finish_reason, message.tool_calls?.length]),
        [
          ['tool_calls', 1],
          ['tool_calls', 1],
        ],
      );
  });

  it('what came of a call is told to the model', async () => {
    const count = async (more: OpenAI.ChatCompletionMessageParam[]) => {
      const request = { model: 'hermes', messages: [...messages, ...more], tools, max_tokens: 1 };
      return (await openai.chat.completions.create(request)).usage?.prompt_tokens ?? 0;
    };
    const call = {
      id: 'abcdefghi',
      type: 'function' as const,
      function: { name: 'time_in', arguments: '{"city": "Oslo", "hours": 24}' },
    };
    const asked = await count([]);
    const called = await count([{ role: 'assistant', content: null, tool_calls: [call] }]);
    const answered = await count([
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: 'It is half past nine in Oslo.' },
    ]);
    assert.ok(asked < called && called < answered, `${asked}, ${called}, ${answered}`);
  });

  it('a call that does not end in time is text, and says so', async () => {
    const { choices } = await openai.chat.completions.create({
      model: 'hermes',
      messages,
      tools,
      tool_choice: 'required',
      max_tokens: 2,
    });
    assert.equal(choices[0]?.finish_reason, 'length');
    assert.equal(choices[0]?.message.tool_calls, undefined);
    assert.match(choices[0]?.message.content ?? '', /^\{/);
  });

  const call = { id: 'a', type: 'function', function: { name: 'now', arguments: '{}' } };
  const refused: [what: string, body: object, says: RegExp][] = [
    ['a template without functions', { model: chatty }, /chat template of chatty has no tools/],
    [
      'what came of a call, where there are none',
      {
        model: chatty,
        tools: undefined,
        messages: [...messages, { role: 'tool', tool_call_id: 'a', content: 'x' }],
      },
      /messages\/1 is about a tool/,
    ],
    ['a function of no such name', { tool_choice: { type: 'function', function: { name: 'x' } } }, /names x/],
    ['a call that must be, of nothing', { tools: [], tool_choice: 'required' }, /there are no tools/],
    [
      'functions and a schema at once',
      { response_format: { type: 'json_object' } },
      /cannot be had together/,
    ],
    ['a name with a blank', { tools: [tool('a b')] }, /tools\/0\/function\/name/],
    [
      'arguments that are no JSON',
      {
        messages: [
          ...messages,
          { role: 'assistant', tool_calls: [{ ...call, function: { name: 'now', arguments: '{' } }] },
        ],
      },
      /messages\/1 has a call whose arguments/,
    ],
    [
      'a schema that no call can be held to',
      { tools: [tool('f', { type: 'object', minProperties: 1 })], tool_choice: 'required' },
      /has "minProperties"/,
    ],
    [
      'very long descriptions',
      { tools: [tool('f', { description: 'x'.repeat(300_000) })] },
      /longer than 262144/,
    ],
  ];
  for (const [what, body, says] of refused)
    it(`answers 400 to ${what}`, async () => {
      const response = await served.post('/v1/chat/completions', {
        model: 'hermes',
        messages,
        tools,
        ...body,
      });
      assert.equal(response.status, 400);
      assert.match(openAiErrorSchema.parse(await response.json()).error.message, says);
    });
});
