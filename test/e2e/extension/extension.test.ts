import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../../support/until';

describe('the extension in its host', () => {
  it('activates by itself and offers its commands', async () => {
    const extension = vscode.extensions.getExtension('vramesh.vramesh');
    assert(extension, 'VS Code does not know vramesh.vramesh');
    await extension.activate();

    const contributed: { command: string }[] = extension.packageJSON.contributes.commands;
    const commands = new Set(await vscode.commands.getCommands(true));
    for (const { command } of contributed) assert(commands.has(command), `${command} is not registered`);
  });

  it('completes code, and the suggestion can be taken', async () => {
    const typed = 'for (let i = 0; i < arr.';
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: typed });
    const editor = await vscode.window.showTextDocument(document);
    const end = document.positionAt(typed.length);
    editor.selection = new vscode.Selection(end, end);
    await until('the suggestion is in the document', async () => {
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
      return document.getText() !== typed;
    });
    assert.match(document.getText(), /^for \(let i = 0; i < arr\.length/);
  });
});
