/**
 * The topology page inside a webview, be it the panel or the view in the side bar: it gets the host's state at most once
 * a second and nothing while it is hidden. VS Code drops a hidden page, and the page says that it is ready when it is back.
 */
import { randomBytes } from 'node:crypto';
import { type Disposable, Uri, type Webview } from 'vscode';
import { pageActionSchema, type ToPage } from '#protocol';
import type { Vramesh } from '../vramesh';
import { runAction } from './actions';
import { paced } from './paced';
import { pageHtml } from './page-html';

const updateIntervalMs = 1000;

/** This file is bundled into dist/, beside the page. */
const dist = Uri.file(__dirname);

export interface Page extends Disposable {
  /** It may have become visible. */
  shown(): void;
}

export function openPage(vramesh: Vramesh, webview: Webview, isVisible: () => boolean): Page {
  const post = (message: ToPage) => void webview.postMessage(message);
  const postView = () => post({ type: 'view', state: vramesh.state, problem: vramesh.problem });
  const update = paced(updateIntervalMs, () => {
    if (isVisible()) postView();
  });
  const changes = vramesh.onDidChange(() => update.run());
  const messages = webview.onDidReceiveMessage((message: unknown) => {
    const { success, data } = pageActionSchema.safeParse(message);
    if (!success)
      vramesh.log.warn('The topology page sent a message that is not understood; it was ignored.');
    else if (data.type === 'ready') postView();
    else void runAction(vramesh, data, post);
  });
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  webview.html = html(webview);
  // VS Code keeps it until the page is there, which then need not ask first.
  postView();
  return {
    shown: () => update.run(),
    dispose() {
      changes.dispose();
      messages.dispose();
      update.cancel();
    },
  };
}

function html(webview: Webview): string {
  const inPage = (file: string) => webview.asWebviewUri(Uri.joinPath(dist, file)).toString();
  return pageHtml({
    script: inPage('webview.js'),
    style: inPage('webview.css'),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
  });
}
