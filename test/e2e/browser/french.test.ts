/** A window in French: the manifest's texts and the window's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('a window in French', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-french-'));
  let vscode: WorkbenchUnderTest;

  before(async () => {
    const scenario = path.join(folder, 'scenario.txt');
    writeScenario(scenario, readScenario('rtx3050'));
    vscode = await openWorkbench({ env: nvmlEnvironment(scenario), language: 'fr' });
  });
  after(async () => {
    await vscode?.dispose();
    rmSync(folder, { recursive: true });
  });
  keepEvidenceOfFailures(() => vscode);

  it('speaks French in the tree, in the hovers and in its commands', async () => {
    const item = await vscode.statusItem('vramesh-tiny');
    await vscode.page.locator('.activitybar a[aria-label^="VRAMesh"]').click();
    const tree = vscode.page.locator('.pane-body .monaco-list-row');
    for (const text of ['cette machine', 'Pas encore d’autres machines'])
      await tree.filter({ hasText: text }).first().waitFor();
    await until('the card is in French', async () =>
      (await vscode.tooltip(item)).includes('Pourquoi pas de complétion ici ?'),
    );
    await vscode.screenshot('french-card');
    await vscode.runCommand('VRAMesh: Mettre les complétions en pause…');
    await vscode.pick('30 minutes');
    await vscode.statusItem('vramesh-tiny en pause 30 min');
    await vscode.screenshot('french-snoozed');
    await vscode.runCommand('VRAMesh: Premiers pas');
    await vscode.page.getByText('Ajouter une machine').first().waitFor();
    await vscode.screenshot('french-walkthrough');
  });
});
