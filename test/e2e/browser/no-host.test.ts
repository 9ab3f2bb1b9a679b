/** A window whose host cannot be started says so everywhere, and offers the way out. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostUnder } from '../../support/processes';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('a window without a host', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-none-'));
  // A file where the home folder should be.
  const home = path.join(folder, 'home');
  let vscode: WorkbenchUnderTest;

  before(async () => {
    writeFileSync(home, '');
    vscode = await openWorkbench({ home, files: { 'list.ts': '' } });
  });
  after(async () => {
    await vscode?.dispose();
    rmSync(folder, { recursive: true });
  });
  keepEvidenceOfFailures(() => vscode);

  const errors = () => vscode.page.locator('.notification-list-item .codicon-error');

  it('says in the view that there is none, with a button that starts it', async () => {
    await vscode.statusItem('VRAMesh');
    await vscode.page.locator('.activitybar a[aria-label^="VRAMesh"]').click();
    const welcome = vscode.page.locator('.welcome-view-content');
    await welcome.getByText('VRAMesh has no host').waitFor();
    await welcome.getByText('Restart Host').waitFor();
    await vscode.screenshot('no-host-view');
  });

  it('says it of completions, too', async () => {
    await vscode.openFile('list.ts');
    await vscode.runCommand('VRAMesh: Why No Completion Here?');
    const answer = (await vscode.notifications()).first();
    await answer.getByRole('button', { name: 'Restart Host' }).waitFor();
    assert.equal(await errors().count(), 0, 'a pop-up that nobody has asked for');
    await vscode.screenshot('no-host-why');
  });

  it('has one when it can, and when that dies and no other can be started, says why', async () => {
    rmSync(home);
    await vscode.runCommand('VRAMesh: Restart Host');
    await vscode.statusItem('vramesh-tiny');
    assert.equal(await errors().count(), 0, 'it was started');
    const { pid } = await until('the host', () => hostUnder(home));
    rmSync(home, { recursive: true });
    writeFileSync(home, '');
    process.kill(pid, 'SIGKILL');
    const reason = await until('the reason', async () => {
      const tooltip = await vscode.tooltip(await vscode.statusItem('VRAMesh'));
      return /could not be started/.test(tooltip) && tooltip;
    });
    assert.match(reason, /Restart Host/);
    await vscode.screenshot('no-host-again');
  });
});
