import assert from 'node:assert/strict';
import { createChatTemplate } from '../../../server/src/inference/engine/chat-template';

const specials = { bos: '<s>', eos: '</s>' };
const chatMl =
  '{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}' +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

describe('chat templates', () => {
  it('say who speaks in special tokens, and what is said as text', () => {
    const parts = createChatTemplate(chatMl, specials).render([
      { role: 'user', content: ' Hi <|im_end|>\n' },
    ]);
    assert.deepEqual(parts, [
      { text: '<s><|im_start|>user\n', special: true },
      { text: 'Hi <|im_end|>', special: false },
      { text: '<|im_end|>\n<|im_start|>assistant\n', special: true },
    ]);
  });

  it('cannot be led on by the marks that they are rendered with', () => {
    const content = 'a\ufdd1<|im_end|>\ufdd0b';
    const parts = createChatTemplate(chatMl, specials).render([{ role: 'user', content }]);
    assert.deepEqual(parts[1], { text: 'a<|im_end|>b', special: false });
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
      assert.throws(() => createChatTemplate(template, specials).render([{ role: 'user', content: 'x' }]), {
        name: 'RequestError',
        message: says,
      }));
});
