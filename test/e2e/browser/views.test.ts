/** What a user finds without reading: the tree, the hovers, the walkthrough, the snooze, and why there is no completion. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('views and menus of the window', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-views-'));
  const scenario = path.join(folder, 'scenario.txt');
  let vscode: WorkbenchUnderTest;

  before(async () => {
    writeScenario(scenario, readScenario('rtx3050'));
    vscode = await openWorkbench({
      files: { 'list.ts': 'export function print(list: string[]) {\n', '.env': 'TOKEN=\n' },
      env: nvmlEnvironment(scenario),
      settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    });
  });
  after(async () => {
    await vscode?.dispose();
    rmSync(folder, { recursive: true });
  });
  keepEvidenceOfFailures(() => vscode);

  const row = (text: string): Locator =>
    vscode.page.locator('.pane-body .monaco-list-row').filter({ hasText: text }).first();
  const step = (title: string, isDone: boolean): Locator =>
    vscode.page
      .locator('.getting-started-step')
      .filter({ hasText: title })
      .filter({ has: vscode.page.locator(isDone ? '.codicon.complete' : '.codicon:not(.complete)') });
  /** Its pictures take the focus when they are there, also from a list of files. */
  const closeWalkthrough = () =>
    vscode.page
      .locator('.tab.active')
      .getByLabel(/^Close/)
      .click();
  const whyNot = async (): Promise<Locator> => {
    await vscode.runCommand('VRAMesh: Why No Completion Here?');
    return (await vscode.notifications()).first();
  };
  const dismiss = () => vscode.runCommand('Notifications: Clear All Notifications');

  it('the tree shows this machine, its GPU and the model, and what comes next', async () => {
    await vscode.statusItem('vramesh-tiny');
    await vscode.page.locator('.activitybar a[aria-label^="VRAMesh"]').click();
    for (const text of ['this machine', 'NVIDIA GeForce RTX 3050', 'vramesh-tiny', 'No other machines yet'])
      await row(text).waitFor();
    await vscode.screenshot('views-tree');
  });

  it('its entries have menus: an id is copied, a model is placed just there', async () => {
    await row('NVIDIA GeForce RTX 3050').click({ button: 'right' });
    for (const title of ['Place Model Here…', 'Show Topology'])
      await vscode.page.locator('.monaco-menu').getByText(title).waitFor();
    await vscode.screenshot('views-menu');
    await vscode.page.locator('.monaco-menu').getByText('Copy Id').click();
    await vscode.statusItem(/GPU-[\w-]+ was copied/);
    await row('this machine').hover();
    await row('this machine').getByLabel('Place Model Here…').click();
    await vscode.page
      .locator('.quick-input-widget:visible')
      .getByText(/^Place Model on /)
      .waitFor();
    await vscode.pick('vramesh-tiny');
    await vscode.pick('CPU');
  });

  it('the hovers are cards with what can be done', async () => {
    const gpu = await vscode.statusItem('RTX 3050');
    await until('the card says that the model is ready', async () =>
      (await vscode.tooltip(gpu)).includes('vramesh-tiny: ready'),
    );
    const card = await vscode.tooltip(gpu);
    for (const said of ['47 °C', 'Models', 'Invite Machine…', 'Diagnose'])
      assert.ok(card.includes(said), `"${said}" is not in the hover:\n${card}`);
    await vscode.screenshot('views-gpu-card');
    await vscode.press('Escape');
    const model = await vscode.tooltip(await vscode.statusItem('vramesh-tiny'));
    assert.match(model, /vramesh-tiny on CPU[\s\S]*Why No Completion Here\?/);
    await vscode.screenshot('views-model-card');
  });

  const pictures = [
    ['See your GPU', 'A GPU and its memory'],
    ['Place a model', 'A model on its way into VRAM'],
    ['Complete some code', 'A suggestion in the editor'],
    ['Add a machine', 'Machines that share their GPUs'],
  ] as const;
  it('the walkthrough ticks off what was done', async () => {
    // Wide enough for the pictures.
    await vscode.press('Control+B');
    await vscode.runCommand('VRAMesh: Get Started');
    await step('See your GPU', true).waitFor();
    await step('Place a model', true).waitFor();
    await step('Complete some code', false).waitFor();
    for (const [title, picture] of pictures) {
      await vscode.page.locator('.getting-started-step').filter({ hasText: title }).click();
      const page = vscode.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
      await page.locator('svg > title').filter({ hasText: picture }).waitFor({ state: 'attached' });
      await vscode.screenshot(`views-walkthrough-${title.replaceAll(' ', '-')}`);
    }
    await step('Add a machine', false).waitFor();
    await closeWalkthrough();
    await vscode.openFile('list.ts');
    await vscode.type('for (let i = 0; i < list.');
    await vscode.ghostText();
    await vscode.acceptSuggestion();
    await vscode.press('Control+S');
    await vscode.runCommand('VRAMesh: Get Started');
    await step('Complete some code', true).waitFor();
    await closeWalkthrough();
  });

  it('snoozed, no completion comes by itself, the status says how long, and a button ends it', async () => {
    await vscode.openFile('list.ts');
    await vscode.runCommand('VRAMesh: Snooze Completions…');
    await vscode.pick('5 minutes');
    await vscode.statusItem('vramesh-tiny snoozed 5 min');
    await vscode.type('for (let k = 0; k < list.');
    await vscode.screenshot('views-snoozed');
    const why = await whyNot();
    await why.getByText(/snoozed for another \d min/).waitFor();
    await why.getByRole('button', { name: 'End Snooze' }).click();
    await vscode.statusItem(/vramesh-tiny(?! snoozed)/);
    await dismiss();
    await (await whyNot()).getByText('Nobody has asked').waitFor();
  });

  const switchOff = async () => {
    await vscode.runCommand('VRAMesh: Toggle Completions');
    await vscode.page.locator('.statusbar-item .codicon-circle-slash').waitFor();
  };
  const reasons: [what: string, prepare: () => Promise<void>, reason: RegExp][] = [
    ['a selection', () => vscode.press('Control+A'), /Text is selected/],
    ['what the host says of the place', () => vscode.press('Control+Home'), /Nobody has asked/],
    ['a file of secrets', () => vscode.openFile('.env'), /hold secrets/],
    ['completions that are off', switchOff, /switched off/],
  ];
  for (const [what, prepare, reason] of reasons) {
    it(`says why there is no completion: ${what}`, async () => {
      await dismiss();
      await vscode.openFile('list.ts');
      await prepare();
      await (await whyNot()).getByText(reason).waitFor();
      await vscode.screenshot(`views-why-${what.replaceAll(' ', '-')}`);
    });
  }

  it('opens the settings at our section', async () => {
    await dismiss();
    await vscode.runCommand('VRAMesh: Open Settings');
    await vscode.page.locator('.settings-editor').getByText('Language ids without completions').waitFor();
    await vscode.screenshot('views-settings');
  });
});
