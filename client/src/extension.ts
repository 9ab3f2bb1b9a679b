/** The extension's entry: one `Vramesh` per window. Starting the host is not waited for. */
import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands';
import { Vramesh } from './vramesh';

let vramesh: Vramesh | undefined;

export function activate(context: ExtensionContext): void {
  vramesh = new Vramesh(context);
  context.subscriptions.push(vramesh, ...registerCommands(vramesh));
  void vramesh.start();
}

export async function deactivate(): Promise<void> {
  await vramesh?.stop();
}
