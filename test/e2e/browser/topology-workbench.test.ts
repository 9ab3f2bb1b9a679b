/** The topology in VS Code itself: a panel and a view in the side bar, and a host that is killed under them. */
import type { FrameLocator } from 'playwright-core';
import { hostsOf } from '../../support/host';
import { nvmlEnvironment, scenarioPath } from '../../support/nvml';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('the topology in VS Code', () => {
  let vscode: WorkbenchUnderTest;
  before(async () => {
    vscode = await openWorkbench({ files: { 'a.ts': '' }, env: nvmlEnvironment(scenarioPath('rtx3050')) });
    await vscode.statusItem('vramesh-tiny');
  });
  after(() => vscode?.dispose());
  keepEvidenceOfFailures(() => vscode);

  /** The page in the panel, or in the side bar. */
  const inside = (part: string): FrameLocator =>
    vscode.page.frameLocator(`iframe.webview${part}`).frameLocator('iframe#active-frame');
  const vram = (page: FrameLocator) => page.getByRole('meter', { name: /^VRAM of GPU 0/ });

  it('places and removes a model from the picture in the panel', async () => {
    await vscode.runCommand('VRAMesh: Show Topology');
    const page = inside('');
    await vram(page).waitFor();
    await vscode.screenshot('topology-panel');
    await page.getByRole('button', { name: 'Place a Model…' }).click();
    await page.getByRole('option', { name: /vramesh-tiny/ }).waitFor({ state: 'attached' });
    await page.getByRole('combobox').selectOption({ index: 1 });
    await page.getByRole('radio', { name: /^CPU/ }).check();
    await vscode.screenshot('topology-panel-placing');
    await page.getByRole('button', { name: 'Place', exact: true }).click();
    await page.getByRole('radio').first().waitFor({ state: 'hidden' });
    const model = page.getByRole('article', { name: 'vramesh-tiny' });
    await model.getByText('ready').waitFor();
    await page.getByRole('button', { name: 'Remove vramesh-tiny' }).click();
    await page.getByText('No model is placed').waitFor();
  });

  it('goes on with the next host when one was killed', async () => {
    const page = inside('');
    const home = vscode.env.VRAMESH_HOME ?? '';
    const [pid] = hostsOf(home).slice(-1);
    if (pid === undefined) throw new Error('There is no host.');
    process.kill(pid, 'SIGKILL');
    await until('another host is ready', () => hostsOf(home).at(-1) !== pid);
    await vram(page).waitFor();
    await vscode.runCommand('View: Close All Editors');
  });

  it('is a view in the side bar as well', async () => {
    await vscode.runCommand('VRAMesh: Focus on Topology View');
    await vram(inside('')).waitFor();
    await vscode.screenshot('topology-view');
  });
});
