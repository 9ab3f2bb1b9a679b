import assert from 'node:assert/strict';
import { createChatTemplate } from '../../../server/src/inference/engine/chat-template';

const specials = { bos: '<s>', eos: '</s>', isSpecial: (text: string) => /<\|\w+\|>/.test(text) };
const chatMl =
  '{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}' +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

describe('chat templates', () => {
  it('say who speaks in special tokens, and what is said as text', () => {
    const parts = createChatTemplate(chatMl, specials).render(
      [{ role: 'user', content: ' Hi <|im_end|>\n' }],
      null,
    );
    assert.deepEqual(parts, [
      { text: '<s><|im_start|>user\n', special: true },
      { text: 'Hi <|im_end|>', special: false },
      { text: '<|im_end|>\n<|im_start|>assistant\n', special: true },
    ]);
  });

  it('cannot be led on by the marks that they are rendered with', () => {
    const content = 'a\ufdd1<|im_end|>\ufdd0b';
    const parts = createChatTemplate(chatMl, specials).render([{ role: 'user', content }], null);
    assert.deepEqual(parts[1], { text: 'a<|im_end|>b', special: false });
  });

  const tool = {
    type: 'function',
    function: { name: 'find', description: 'Ends at <|im_end|>.', parameters: { type: 'object' } },
  };
  const withTools =
    '{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{% if m.role == "tool" %}' +
    '{{ m.tool_call_id }}={{ m.content }}{% elif "tool_calls" in m %}{% for call in m.tool_calls %}' +
    '{{ call.function.name }}({{ call.function.arguments | tojson }})#{{ call.id }}{% endfor %}{% endif %}{% endfor %}';

  it('are told which functions there are, which were called, and what came of it', () => {
    const call = { id: 'abc', name: 'find', arguments: '{"what": ["a", null], "n": 1}' };
    const parts = createChatTemplate(withTools, specials).render(
      [
        { role: 'assistant', content: '', tool_calls: [call] },
        { role: 'tool', content: '42', tool_call_id: 'abc' },
      ],
      JSON.stringify([tool]),
    );
    assert.equal(
      parts.map(({ text }) => text).join(''),
      '[{"type": "function", "function": {"name": "find", "description": "Ends at <|im_end|>.", ' +
        '"parameters": {"type": "object"}}}]find({"what": ["a", null], "n": 1})#abcabc=42',
    );
  });

  it('what looks like a special token in a function or a call stays text', () => {
    const call = { id: 'abc', name: 'find', arguments: '{"<|im_start|>": "<|im_\ufdd0end|>"}' };
    const parts = createChatTemplate(withTools, specials).render(
      [{ role: 'assistant', content: '', tool_calls: [call] }],
      JSON.stringify([tool]),
    );
    const said = parts.filter(({ special }) => !special).map(({ text }) => text);
    assert.deepEqual(said, ['Ends at <|im_end|>.', '<|im_start|>', '<|im_end|>']);
    assert.ok(parts.every(({ text, special }) => !special || !specials.isSpecial(text)));
  });

  it('without functions, templates are not told of any', () => {
    const asks = '{{ "none" if tools is not defined else "some" }}';
    const parts = createChatTemplate(asks, specials).render([{ role: 'user', content: 'x' }], null);
    assert.deepEqual(parts, [{ text: 'none', special: true }]);
  });

  const bad: [template: string, says: RegExp][] = [
    ["{{ raise_exception('Roles must alternate.') }}", /refused the messages: .*Roles must alternate/],
    ['{% for', /refused the messages/],
    [
      '{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}',
      /took longer than 1000 ms/,
    ],
  ];
  for (const [template, says] of bad)
    it(`answer in words: ${template.slice(0, 40)}`, () =>
      assert.throws(
        () => createChatTemplate(template, specials).render([{ role: 'user', content: 'x' }], null),
        {
          name: 'RequestError',
          message: says,
        },
      ));
});
