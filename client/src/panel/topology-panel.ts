/** The panel with the topology page: one a window. */
import { t } from '@vscode/l10n';
import { ViewColumn, type WebviewPanel, window } from 'vscode';
import type { Vramesh } from '../vramesh';
import { openPage } from './page';

let panel: WebviewPanel | undefined;

export function showTopologyPanel(vramesh: Vramesh): void {
  if (panel) {
    panel.reveal();
    return;
  }
  const opened = window.createWebviewPanel('vramesh.topology', t('VRAMesh Topology'), ViewColumn.Active);
  const page = openPage(vramesh, opened.webview, () => opened.visible);
  opened.onDidChangeViewState(() => page.shown());
  opened.onDidDispose(() => {
    page.dispose();
    panel = undefined;
  });
  panel = opened;
}
