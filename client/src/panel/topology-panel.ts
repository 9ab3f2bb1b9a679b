/**
 * The panel with the topology page: one a window. It gets the host's state at most once a second and nothing while it
 * is hidden; VS Code drops a hidden page, and the page says that it is ready when it is back.
 */
import { randomBytes } from 'node:crypto';
import { commands, Uri, ViewColumn, type Webview, type WebviewPanel, window } from 'vscode';
import { type PageAction, type PageView, pageActionSchema } from '#protocol';
import { commandIds } from '../commands/ids';
import type { Vramesh } from '../vramesh';
import { paced } from './paced';
import { pageHtml } from './page-html';

const updateIntervalMs = 1000;

let panel: WebviewPanel | undefined;

export function showTopologyPanel(vramesh: Vramesh): void {
  if (panel) {
    panel.reveal();
    return;
  }
  panel = openPanel(vramesh);
  panel.onDidDispose(() => {
    panel = undefined;
  });
}

function openPanel(vramesh: Vramesh): WebviewPanel {
  // This file is bundled into dist/, beside the page.
  const dist = Uri.file(__dirname);
  const opened = window.createWebviewPanel('vramesh.topology', 'VRAMesh Topology', ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [dist],
  });
  const { webview } = opened;

  const post = () => {
    const view: PageView = { type: 'view', state: vramesh.state, problem: vramesh.problem };
    void webview.postMessage(view);
  };
  const update = paced(updateIntervalMs, () => {
    if (opened.visible) post();
  });
  const changes = vramesh.onDidChange(() => update.run());
  opened.onDidChangeViewState(() => update.run());
  webview.onDidReceiveMessage((message: unknown) => {
    const { success, data } = pageActionSchema.safeParse(message);
    if (!success)
      vramesh.log.warn('The topology page sent a message that is not understood; it was ignored.');
    else if (data.type === 'ready') post();
    else void runAction(data);
  });
  opened.onDidDispose(() => {
    changes.dispose();
    update.cancel();
  });
  webview.html = html(webview, dist);
  return opened;
}

function html(webview: Webview, dist: Uri): string {
  const inPage = (file: string) => webview.asWebviewUri(Uri.joinPath(dist, file)).toString();
  return pageHtml({
    script: inPage('webview.js'),
    style: inPage('webview.css'),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
  });
}

/** What a button does is a command, so that nothing is only reachable by mouse; commands show their own failures. */
async function runAction(action: Exclude<PageAction, { type: 'ready' }>): Promise<void> {
  if (action.type === 'unplace') await commands.executeCommand(commandIds.unplace, action.instance_id);
  else await commands.executeCommand(commandIds[action.type]);
}
