/** What somebody sees of our models where VS Code lists those of its chat. */
import assert from 'node:assert/strict';
import { placeRequest, unplaceRequest } from '#protocol';
import { addChatModel, chatty } from '../../support/chat-model';
import { cleanUp, freshHome, openLsp } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('models in VS Code’s chat, as somebody sees them', () => {
  let vscode: WorkbenchUnderTest;
  /** Another client of the window's own host. */
  let host: LspClient;
  before(async () => {
    const home = freshHome();
    addChatModel(home, { context: 4096 });
    vscode = await openWorkbench({
      home,
      env: { VRAMESH_BACKEND: 'cpu' },
      settings: { 'chat.disableAIFeatures': false },
    });
    host = await until('the host', () => openLsp(home).catch(() => null));
  });
  after(async () => {
    host?.close();
    await vscode?.dispose();
    await cleanUp();
  });
  keepEvidenceOfFailures(() => vscode);

  it('are listed with their context, for as long as they are placed', async () => {
    const { instance } = await host.request(placeRequest, { model_id: chatty, role: 'chat' });
    await vscode.runCommand('Chat: Manage Language Models');
    const rows = vscode.page.locator('.monaco-list-row').filter({ hasText: chatty });
    await rows.first().waitFor();
    assert.match((await rows.first().textContent()) ?? '', /4K/);
    await vscode.screenshot('chat-models');
    await host.request(unplaceRequest, { instance_id: instance.id });
    await until('it is gone from the list', async () => (await rows.count()) === 0);
  });
});
