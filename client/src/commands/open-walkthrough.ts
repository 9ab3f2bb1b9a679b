/** "Get Started": the four steps of the walkthrough. */
import { commands } from 'vscode';

export async function openWalkthrough(): Promise<void> {
  await commands.executeCommand('workbench.action.openWalkthrough', 'vramesh.vramesh#start');
}
