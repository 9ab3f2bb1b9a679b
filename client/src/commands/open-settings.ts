/** "Open Settings": VS Code's own page, at our section. */
import { commands } from 'vscode';

export async function openSettings(): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', '@ext:vramesh.vramesh');
}
