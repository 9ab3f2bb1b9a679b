/** The models that VS Code's chat and other extensions get, asked for as they would ask. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { chatRequest, placeRequest, unplaceRequest } from '#protocol';
import { chatty } from '../../support/chat-model';
import { openLsp } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';

describe('models in VS Code’s chat', () => {
  /** Another client of the window's own host. */
  let host: LspClient;
  let instance: string;
  before(async () => {
    await vscode.extensions.getExtension('vramesh.vramesh')?.activate();
    host = await until('the host', () => openLsp(process.env.VRAMESH_HOME ?? '').catch(() => null));
    const placed = await host.request(placeRequest, { model_id: chatty, role: 'chat', sequences: 1 });
    instance = placed.instance.id;
  });
  after(() => host?.close());

  const ours = () => vscode.lm.selectChatModels({ vendor: 'vramesh' });
  const model = () => until('our model', async () => (await ours())[0]);
  /** The model goes on for as long as it may. */
  const question = 'Go on.';
  const ask = async (modelOptions: object, token?: vscode.CancellationToken) =>
    (await model()).sendRequest([vscode.LanguageModelChatMessage.User(question)], { modelOptions }, token);

  it('are those with a chat template, with what fits', async () => {
    const { id, name, maxInputTokens } = await model();
    assert.deepEqual({ id, name, maxInputTokens }, { id: chatty, name: chatty, maxInputTokens: 3072 });
    assert.equal((await ours()).length, 1);
  });

  it('answer in parts', async () => {
    const options = { max_tokens: 40, temperature: 0 };
    const parts: string[] = [];
    for await (const part of (await ask(options)).text) parts.push(part);
    const messages = [{ role: 'user' as const, content: question }];
    const { text } = await host.request(chatRequest, { ...options, model: chatty, messages });
    assert.equal(parts.join(''), text);
    assert.ok(parts.length > 1, `${parts.length} parts`);
  });

  it('stop when they are stopped', async () => {
    const cancel = new vscode.CancellationTokenSource();
    const answer = await ask({ temperature: 0 }, cancel.token);
    for await (const _part of answer.text) break;
    cancel.cancel();
    await host.stateIs('nothing is being written', ({ topology }) => topology.nodes[0]?.requests === 0);
  });

  it('say why they cannot answer', async () => {
    const long = [vscode.LanguageModelChatMessage.User('word '.repeat(5000))];
    const read = async () => {
      for await (const _part of (await (await model()).sendRequest(long)).text);
    };
    await assert.rejects(read(), /\d{4,} tokens, which exceeds the model context window: it holds 4095/);
  });

  it('count tokens, of texts and of messages', async () => {
    const text = 'for (const a of b) {}';
    const count = await (await model()).countTokens(text);
    assert.ok(count > 3 && count < text.length, `${count}`);
    assert.equal(await (await model()).countTokens(vscode.LanguageModelChatMessage.User(text)), count);
  });

  it('are gone when they are removed', async () => {
    await host.request(unplaceRequest, { instance_id: instance });
    await until('none is listed', async () => (await ours()).length === 0);
  });
});
