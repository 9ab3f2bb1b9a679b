/** The topology in VS Code itself: a panel and a view in the side bar, downloads, a host that is killed, and high contrast. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { axeFindings } from '../../support/axe';
import { hostsOf } from '../../support/host';
import { type ModelServer, modelBytes, startModelServer } from '../../support/model-server';
import { nvmlEnvironment, scenarioPath } from '../../support/nvml';
import { isAlive, until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('the topology in VS Code', () => {
  let server: ModelServer;
  let vscode: WorkbenchUnderTest;
  before(async () => {
    server = await startModelServer();
    server.publish('owner/coder', 'coder.gguf', modelBytes(1_000_000, 1));
    // It says how large the file is, and then nothing more.
    server.faults.push(({ range }) => range !== null && range.end > 0);
    vscode = await openWorkbench({
      files: { 'a.ts': '' },
      env: { ...nvmlEnvironment(scenarioPath('rtx3050')), HF_ENDPOINT: server.url },
    });
    await vscode.statusItem('vramesh-tiny');
  });
  after(async () => {
    await vscode?.dispose();
    await server?.close();
  });
  keepEvidenceOfFailures(() => vscode);

  /** The page in the panel, or in the side bar. */
  const inside = (part: string): FrameLocator =>
    vscode.page.frameLocator(`iframe.webview${part}`).frameLocator('iframe#active-frame');
  const panel = () => inside(':not([src*="webviewView"])');
  const view = () => inside('[src*="webviewView"]');
  const vram = (page: FrameLocator) => page.getByRole('meter', { name: /^VRAM of GPU 0/ });

  it('places and removes a model from the picture in the panel', async () => {
    await vscode.runCommand('VRAMesh: Show Topology');
    const page = panel();
    await vram(page).waitFor();
    await vscode.screenshot('topology-panel');
    await page.getByRole('button', { name: 'Place a Model…' }).click();
    await page.getByRole('option', { name: /vramesh-tiny/ }).waitFor({ state: 'attached' });
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ index: 1 });
    await page.getByRole('radio', { name: /^CPU/ }).check();
    await vscode.screenshot('topology-panel-placing');
    await page.getByRole('button', { name: 'Place', exact: true }).click();
    await page.getByRole('radio').first().waitFor({ state: 'hidden' });
    const model = page.getByRole('article', { name: 'vramesh-tiny' });
    await model.getByText('ready').waitFor();
    await page.getByRole('button', { name: 'Remove vramesh-tiny' }).click();
    await page.getByText('No model is placed').waitFor();
  });

  it('pauses a download, goes on with it, and discards it when that is meant', async () => {
    await vscode.runCommand('VRAMesh: Download Model…');
    const typed = (hint: string) => vscode.page.locator(`.quick-input-widget input[placeholder^="${hint}"]`);
    // It stands below what the list shows.
    await typed('Which model?').fill('From Hugging Face');
    await vscode.pick('From Hugging Face or a URL…');
    await typed('hf:').fill('hf:owner/coder/coder.gguf');
    await vscode.press('Enter');
    const page = panel();
    const press = (what: string) => page.getByRole('button', { name: `${what} coder.gguf` }).click();
    for (const what of ['Pause', 'Resume', 'Pause', 'Discard']) await press(what);
    const question = vscode.page.locator('.monaco-dialog-box');
    await question.getByText('Delete what has arrived of coder.gguf?').waitFor();
    await vscode.screenshot('topology-discard');
    await question.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Downloads' }).waitFor({ state: 'hidden' });
  });

  const host = () => hostsOf(vscode.env.VRAMESH_HOME ?? '').at(-1);
  const row = (text: string) => vscode.page.locator('.pane-body .monaco-list-row').filter({ hasText: text });

  it('shows all of it again with the next host when one was killed; the tree is never just empty', async () => {
    await vscode.page.locator('.activitybar a[aria-label^="VRAMesh"]').click();
    await row('NVIDIA GeForce RTX 3050').waitFor();
    // VS Code takes a frame or two from a welcome text to a tree, or back.
    await vscode.page.evaluate(`{
      const isShown = (part) => part.offsetParent !== null;
      window.longestEmpty = 0;
      let empty = 0;
      const look = () => {
        const shown = document.querySelectorAll('.sidebar :is(.monaco-list-row, .welcome-view-content)');
        empty = [...shown].some(isShown) ? 0 : empty + 1;
        window.longestEmpty = Math.max(window.longestEmpty, empty);
        requestAnimationFrame(look);
      };
      look();
    }`);
    const killed = host();
    assert.ok(killed);
    process.kill(killed, 'SIGKILL');
    await until('another host is ready', () => host() !== killed);
    await row('NVIDIA GeForce RTX 3050').waitFor();
    await vscode.statusItem('RTX 3050');
    await vram(panel()).waitFor();
    const empty = await vscode.page.evaluate<number>('window.longestEmpty');
    assert.ok(empty < 10, `empty for ${empty} frames`);
    await vscode.screenshot('host-back');
  });

  it('waits for the user when hosts keep ending, and shows all of it again when one was started', async () => {
    const page = panel();
    const killed = new Set<number>();
    await until('the window has given up', async () => {
      const pid = host();
      if (pid !== undefined && !killed.has(pid) && (await isAlive(pid))) process.kill(pid, 'SIGKILL');
      killed.add(pid ?? 0);
      return page.getByText('The host ended several times').isVisible();
    });
    await vscode.screenshot('host-gone');
    await vscode.page.locator('.welcome-view-content').getByText('Restart Host').click();
    await row('NVIDIA GeForce RTX 3050').waitFor();
    await vscode.statusItem('RTX 3050');
    await vram(page).waitFor();
    await vscode.runCommand('View: Close All Editors');
  });

  it('is a view in the side bar as well', async () => {
    await vscode.runCommand('VRAMesh: Focus on Topology View');
    await vram(view()).waitFor();
    await vscode.screenshot('topology-view');
  });

  /** As a user would in the settings of the workspace. */
  async function chooseTheme(name: string, className: string): Promise<void> {
    const folder = path.join(vscode.workspace, '.vscode');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ 'workbench.colorTheme': name }));
    await vscode.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  for (const [theme, className] of [
    ['Default High Contrast', 'hc-black'],
    ['Default High Contrast Light', 'hc-light'],
  ] as const) {
    it(`is readable in ${theme}: panel, views, status bar and hover`, async () => {
      await chooseTheme(theme, className);
      await vscode.runCommand('VRAMesh: Show Topology');
      for (const page of [panel(), view()]) {
        const shown = page.locator('main:has([role=meter])');
        const frame = await (await shown.elementHandle())?.ownerFrame();
        assert.ok(frame);
        assert.deepEqual(await axeFindings(frame), []);
      }
      await vscode.tooltip(await vscode.statusItem('RTX 3050'));
      await vscode.screenshot(`topology-${className}`);
      await vscode.runCommand('View: Close All Editors');
    });
  }
});
