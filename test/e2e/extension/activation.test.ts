import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in its host', () => {
  it('activates by itself and offers its commands', async () => {
    const extension = vscode.extensions.getExtension('vramesh.vramesh');
    assert(extension, 'VS Code does not know vramesh.vramesh');
    await extension.activate();

    const contributed: { command: string }[] = extension.packageJSON.contributes.commands;
    const commands = new Set(await vscode.commands.getCommands(true));
    for (const { command } of contributed) assert(commands.has(command), `${command} is not registered`);
  });
});
