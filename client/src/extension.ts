/** The extension's entry: one `Vramesh` per window. Starting the host is not waited for. */
import './language';
import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands';
import { registerTopologyView } from './panel/topology-view';
import { offerCommandLine } from './terminals';
import { Vramesh } from './vramesh';

let vramesh: Vramesh | undefined;

export function activate(context: ExtensionContext): void {
  const begin = performance.now();
  vramesh = new Vramesh(context);
  context.subscriptions.push(vramesh, ...registerCommands(vramesh), registerTopologyView(vramesh));
  offerCommandLine(context);
  void vramesh.start();
  vramesh.log.info(`Activated in ${(performance.now() - begin).toFixed(1)} ms.`);
}

export async function deactivate(): Promise<void> {
  await vramesh?.stop();
}
