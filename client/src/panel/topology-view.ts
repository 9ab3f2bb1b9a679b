/** The topology page in the side bar, below the tree of machines. */
import { type Disposable, type WebviewView, window } from 'vscode';
import type { Vramesh } from '../vramesh';
import { openPage } from './page';

const viewId = 'vramesh.topologyView';

export function registerTopologyView(vramesh: Vramesh): Disposable {
  return window.registerWebviewViewProvider(viewId, {
    resolveWebviewView(view: WebviewView) {
      const page = openPage(vramesh, view.webview, () => view.visible);
      view.onDidChangeVisibility(() => page.shown());
      view.onDidDispose(() => page.dispose());
    },
  });
}
