import assert from 'node:assert/strict';
import type { CallReader } from '../../../server/src/api/openai/tools/call-reader';
import { callsIn } from '../../../server/src/api/openai/tools/calls';
import { writings } from '../../../server/src/api/openai/tools/formats';

const names = new Set(['find', 'now']);
const read = (text: string) => callsIn(text, names);
const find = { name: 'find', arguments: '{"what":"a"}' };
const now = { name: 'now', arguments: '{}' };

/** All that is heard when the text comes in pieces of this many characters. */
function hear(reader: CallReader, text: string, size: number) {
  const heard = [];
  for (let at = 0; at < text.length; at += size) heard.push(reader.push(text.slice(at, at + size)));
  heard.push(reader.end());
  return { text: heard.map((one) => one.text).join(''), calls: heard.flatMap((one) => one.calls) };
}

describe('calls of functions in a text', () => {
  const json = '{"name": "find", "arguments": {"what": "a"}}';
  const llamaJson = '{"name": "find", "parameters": {"what": "a"}}';
  const texts: [
    format: keyof typeof writings,
    what: string,
    text: string,
    said: string,
    calls: readonly object[],
  ][] = [
    ['hermes', 'one call', `<tool_call>\n${json}\n</tool_call>`, '', [find]],
    ['hermes', 'words before it', `Let me see.\n\n<tool_call>\n${json}\n</tool_call>`, 'Let me see.', [find]],
    [
      'hermes',
      'two calls',
      `<tool_call>${json}</tool_call>\n<tool_call>{"name": "now", "arguments": {}}</tool_call>\n`,
      '',
      [find, now],
    ],
    ['hermes', 'one that is not closed', `<tool_call>\n${json}`, '', [find]],
    ['hermes', 'arguments as text', '<tool_call>{"name": "now", "arguments": "{}"}</tool_call>', '', [now]],
    ['hermes', 'no call', 'a < b <tool\n ', 'a < b <tool\n ', []],
    ['hermes', 'the beginning of a mark at the end', 'x <tool_', 'x <tool_', []],
    ['hermes', 'no JSON', '<tool_call>find!</tool_call> x', '<tool_call>find!</tool_call> x', []],
    [
      'hermes',
      'a function that nobody has',
      '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
      '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
      [],
    ],
    [
      'hermes',
      'arguments that are none',
      `<tool_call>{"name": "now", "arguments": 1}`,
      `<tool_call>{"name": "now", "arguments": 1}`,
      [],
    ],
    [
      'mistral',
      'a list',
      `[TOOL_CALLS][${json}, {"name": "now", "arguments": {}, "id": "x"}]`,
      '',
      [find, now],
    ],
    ['mistral', 'words before it', `Well: [TOOL_CALLS] [${json}]`, 'Well:', [find]],
    ['mistral', 'no call', '[TOOL_CALL] is a mark', '[TOOL_CALL] is a mark', []],
    ['llama', 'one call', ` ${llamaJson}\n`, '', [find]],
    ['llama', 'behind its mark', `<|python_tag|>${llamaJson}`, '', [find]],
    ['llama', 'two calls', `${llamaJson}; {"name": "now", "parameters": {}}`, '', [find, now]],
    ['llama', 'on lines', '{\n  "name": "now",\n  "parameters": {}\n}', '', [now]],
    ['llama', 'JSON that is no call', '{"name": "Ada"}', '{"name": "Ada"}', []],
    ['llama', 'words, and JSON in them', `So: ${llamaJson}`, `So: ${llamaJson}`, []],
    ['llama', 'nothing', '', '', []],
  ];
  for (const [format, what, text, said, calls] of texts)
    it(`${format}: ${what}, however the text is cut`, () => {
      for (const size of [1, 2, 7, 1000])
        assert.deepEqual(
          hear(writings[format].reader(read), text, size),
          { text: said, calls },
          `by ${size}`,
        );
    });

  it('what cannot become a call is not kept back', () => {
    const hermes = writings.hermes.reader(read);
    assert.equal(hermes.push('Once upon a time').text, 'Once upon a time');
    assert.equal(hermes.push(' <b>').text, ' <b>');
    const llama = writings.llama.reader(read);
    assert.equal(llama.push('  So').text, '  So');
    assert.equal(llama.push('{').text, '{');
  });
});
