import assert from 'node:assert/strict';
import { toolFormatOf } from '../../../server/src/inference/engine/tool-format';

describe('how a model calls functions, by its chat template', () => {
  const templates: [what: string, template: string, format: string | null][] = [
    ['marks and JSON', `{{ tools }}<tool_call>{"name": f, "arguments": a}</tool_call>`, 'hermes'],
    ['the same, with its quotes escaped', String.raw`{{ tools }}"<tool_call>{\"arguments\": a}"`, 'hermes'],
    ['marks and XML', `{{ tools }}<tool_call><function=f>"arguments": </function></tool_call>`, null],
    ['marks, names and values', `{{ tools }}<tool_call>f<arg_key>a</arg_key> "arguments": x`, null],
    ['a list behind a mark', `{% if tools %}[TOOL_CALLS][{"name": f, "arguments": a}]`, 'mistral'],
    ['names and arguments behind marks', `{% if tools %}[TOOL_CALLS]f[ARGS]{}`, null],
    [
      'plain JSON',
      `{% if tools is not none %}{"name": f, "parameters": p}{% if role == 'ipython' %}`,
      'llama',
    ],
    ['JSON between other marks', `{{ tools }}<|tool_call|>{"parameters": p} ipython`, null],
    ['functions, and not how to call them', `{% for tool in tools %}{{ tool }}{% endfor %}`, null],
    ['no functions', `{% for m in messages %}{{ m.content }}<tool_call>"arguments": {% endfor %}`, null],
    ['nothing', '', null],
  ];
  for (const [what, template, format] of templates)
    it(`${format ?? 'none'}: ${what}`, () => assert.equal(toolFormatOf(template), format));
});
