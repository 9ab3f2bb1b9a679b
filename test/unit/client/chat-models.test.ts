/** Which models VS Code is told of, and that it is told of none where it does not ask. */
import assert from 'node:assert/strict';
import type { Instance } from '#protocol';
import { chatModels, isReady } from '../../../client/src/chat/models';
import { takesChatModels } from '../../../client/src/chat/vscode-api';
import { sampleInstance, sampleNode, samplePreview, sampleState } from '../api/sample-state';

const chatty = (changes: Partial<Instance> = {}, name = 'chatty') =>
  sampleInstance({
    chat_template: true,
    context_size: 4096,
    model: { id: name, name, path: `/models/${name}.gguf`, size_bytes: 7000, embedded: false },
    ...changes,
  });
const far = { ...sampleNode([]), node_id: 'node-b', name: 'laptop', status: 'online' as const };
const state = (...instances: Instance[]) => sampleState([sampleNode([]), far], instances);
const unloaded = { context_size: null, placement: samplePreview({ context_size: 2048 }) };

describe('the models that VS Code’s chat is offered', () => {
  const cases: [
    what: string,
    instances: Instance[],
    listed: [name: string, input: number, where: string][],
  ][] = [
    ['none without a template', [sampleInstance({ chat_template: false })], []],
    ['none of which that is not known yet', [chatty({ chat_template: null, state: 'loading' })], []],
    ['one that is ready', [chatty()], [['chatty', 3072, 'this machine']]],
    ['one of another machine', [chatty({ node_id: 'node-b' })], [['chatty', 3072, 'laptop']]],
    ['one that is unloaded', [chatty({ state: 'idle', ...unloaded })], [['chatty', 1536, 'this machine']]],
    [
      'one that comes back',
      [chatty({ state: 'restarting', ...unloaded })],
      [['chatty', 1536, 'this machine']],
    ],
    ['none that stays down', [chatty({ state: 'failed', ...unloaded })], []],
    ['none of unknown context', [chatty({ context_size: null })], []],
    [
      'each model once, with what fits wherever it is answered',
      [chatty(), chatty({ node_id: 'node-b', context_size: 1024 }), chatty({}, 'other')],
      [
        ['chatty', 768, 'this machine, laptop'],
        ['other', 3072, 'this machine'],
      ],
    ],
  ];
  for (const [what, instances, listed] of cases)
    it(what, () =>
      assert.deepEqual(
        chatModels(state(...instances)).map(({ id, maxInputTokens, detail }) => [id, maxInputTokens, detail]),
        listed,
      ),
    );

  it('none without a host', () => assert.deepEqual(chatModels(null), []));

  it('say what they can, and what they cannot', () => {
    const [model] = chatModels(state(chatty()));
    assert.deepEqual(model, {
      id: 'chatty',
      name: 'chatty',
      family: 'chatty',
      version: '7000',
      detail: 'this machine',
      tooltip:
        '4096 tokens of context for question and answer together. It reads and writes text: no images, no tools.',
      maxInputTokens: 3072,
      maxOutputTokens: 1024,
      capabilities: { imageInput: false, toolCalling: false },
      isUserSelectable: true,
    });
    const [idle] = chatModels(state(chatty({ state: 'idle', ...unloaded })));
    assert.match(idle?.tooltip ?? '', /the first question brings it back/);
  });

  it('have plain names, whatever the file is called', () => {
    const [model] = chatModels(state(chatty({}, 'a$(error)\u202Eb')));
    assert.equal(model?.name, 'a$ (error) b');
  });

  it('are not the same when they have to be loaded first', () => {
    assert.equal(isReady(state(chatty()), 'chatty'), true);
    assert.equal(isReady(state(chatty({ state: 'idle' })), 'chatty'), false);
    assert.equal(isReady(state(chatty()), 'other'), false);
    assert.equal(isReady(null, 'chatty'), false);
  });
});

describe('a VS Code', () => {
  it('before 1.104 takes no models', () =>
    assert.equal(takesChatModels({ selectChatModels: async () => [], tools: [] }), false));
  it('since then does', () =>
    assert.equal(takesChatModels({ registerLanguageModelChatProvider: () => ({ dispose() {} }) }), true));
});
