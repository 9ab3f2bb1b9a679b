import assert from 'node:assert/strict';
import { conversationOf, optionsOf, textOf } from '../../../client/src/chat/messages';
import type { SpokenMessage } from '../../../client/src/chat/vscode-api';

const [user, assistant, system] = [1, 2, 3];
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: string) => ({ value, audience: undefined });
const marker = { mimeType: 'cache_control', data: bytes('ephemeral') };
const thinking = { value: 'Hmm.', id: undefined, metadata: undefined };
const image = { mimeType: 'image/png', data: new Uint8Array([137, 80]) };
const said = (role: number, ...content: unknown[]): SpokenMessage => ({ role, content });

describe('a conversation of VS Code, for the host', () => {
  const cases: [what: string, spoken: SpokenMessage[], expected: [string, string][]][] = [
    [
      'who says what',
      [said(user, text('Hi')), said(assistant, text('Hello'))],
      [
        ['user', 'Hi'],
        ['assistant', 'Hello'],
      ],
    ],
    [
      'a system message',
      [said(system, text('Be brief.')), said(user, text('Hi'))],
      [
        ['system', 'Be brief.'],
        ['user', 'Hi'],
      ],
    ],
    ['parts of one message', [said(user, text('a'), text('b'))], [['user', 'ab']]],
    ['two messages in a row', [said(user, text('a')), said(user, text('b'))], [['user', 'a\n\nb']]],
    ['a message without text', [said(assistant, marker), said(user, text('a'))], [['user', 'a']]],
    ['marks of other models', [said(user, text('a'), marker), said(user, marker)], [['user', 'a']]],
    ['what a model has thought', [said(assistant, thinking, text('Yes.'))], [['assistant', 'Yes.']]],
    ['text as data', [said(user, { mimeType: 'text/plain', data: bytes('é') })], [['user', 'é']]],
    ['JSON as data', [said(user, { mimeType: 'application/json', data: bytes('{}') })], [['user', '{}']]],
    ['a role that is not known', [said(9, text('a'))], [['user', 'a']]],
  ];
  for (const [what, spoken, expected] of cases)
    it(what, () =>
      assert.deepEqual(
        conversationOf(spoken).map(({ role, content }) => [role, content]),
        expected,
      ),
    );

  const refused: [what: string, spoken: SpokenMessage[], says: RegExp][] = [
    ['an image', [said(user, text('What is this?'), image)], /read text only.* image\/png/],
    ['a tool call', [said(assistant, { callId: '1', name: 'grep', input: {} })], /holds tool calls/],
    ['what a tool answered', [said(user, { callId: '1', content: [text('x')] })], /holds tool calls/],
    ['something new', [said(user, { hologram: 1 })], /something that is no text/],
    ['no object', [said(user, null)], /something that is no text/],
    ['nothing', [], /no text in this conversation/],
    ['blanks', [said(user, text(' \n'))], /no text in this conversation/],
  ];
  for (const [what, spoken, says] of refused)
    it(`refuses ${what}, in words`, () => assert.throws(() => conversationOf(spoken), says));
});

describe('what VS Code wants counted', () => {
  const cases: [what: string, spoken: string | SpokenMessage, expected: string][] = [
    ['a text', 'abc', 'abc'],
    ['a message', said(user, text('a'), text('b')), 'ab'],
    ['a message as VS Code keeps it itself', said(user, { type: 'text', value: 'a' }), 'a'],
    ['what is no text counts nothing', said(user, text('a'), image, marker, thinking), 'a'],
  ];
  for (const [what, spoken, expected] of cases) it(what, () => assert.equal(textOf(spoken), expected));
});

describe('what a request wishes', () => {
  it('nothing: as the host has it', () =>
    assert.deepEqual(optionsOf({}), { temperature: 0.8, top_p: 0.95, stop: [] }));
  it('what models of ours know, and nothing else', () =>
    assert.deepEqual(
      optionsOf({ modelOptions: { max_tokens: 9, temperature: 0, stop: 'x', effort: 'high' } }),
      {
        max_tokens: 9,
        temperature: 0,
        top_p: 0.95,
        stop: 'x',
      },
    ));
  it('is refused, in words, where it cannot be had', () => {
    assert.throws(
      () => optionsOf({ modelOptions: { temperature: 'hot' } }),
      /options .* wrong.*temperature/s,
    );
    assert.throws(() => optionsOf({ tools: [{}], toolMode: 2 }), /call no tools/);
  });
  it('tools that need not be called are not', () =>
    assert.equal(optionsOf({ tools: [{}], toolMode: 1 }).temperature, 0.8));
});
