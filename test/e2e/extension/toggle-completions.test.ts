import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../../client/src/commands/ids';

const { Global, Workspace } = vscode.ConfigurationTarget;

describe('toggling completions', () => {
  const settings = () => vscode.workspace.getConfiguration('vramesh.completions');
  const isOn = () => settings().get<boolean>('enabled');
  const toggle = () => vscode.commands.executeCommand(commandIds.toggleCompletions);
  afterEach(async () => {
    for (const name of ['enabled', 'disabledLanguages'])
      for (const target of [Global, Workspace]) await settings().update(name, undefined, target);
  });

  it('is the user’s setting, and counts everywhere', async () => {
    await toggle();
    assert.equal(isOn(), false);
    assert.equal(settings().inspect('enabled')?.globalValue, false);
    await toggle();
    assert.equal(isOn(), true);
  });

  it('counts where the workspace has a setting of its own, too', async () => {
    await settings().update('enabled', false, Workspace);
    await toggle();
    assert.equal(isOn(), true);
    assert.equal(settings().inspect('enabled')?.globalValue, undefined);
  });

  it('of a language does not make the workspace’s languages the user’s', async () => {
    await settings().update('disabledLanguages', ['markdown'], Workspace);
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: '' });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand(commandIds.toggleLanguage);
    assert.deepEqual(settings().get('disabledLanguages'), ['markdown', 'python']);
    assert.equal(settings().inspect('disabledLanguages')?.globalValue, undefined);
  });
});
