import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

describe('the first completion in a new window', () => {
  let vscode: WorkbenchUnderTest;
  before(async () => {
    vscode = await openWorkbench({
      files: { 'list.ts': 'export function print(list: string[]) {\n' },
      env: { VRAMESH_BACKEND: 'cpu' },
    });
  });
  after(() => vscode?.dispose());
  keepEvidenceOfFailures(() => vscode);

  it('appears as ghost text, and Tab takes it', async () => {
    await vscode.openFile('list.ts');
    // Before the extension is there, nobody asks it for anything: the editor asks when a key is pressed.
    await vscode.statusItem('vramesh-tiny');
    await vscode.type('for (let i = 0; i < list.');
    // What it says depends on the keys that it could still see: a slower typist gets asked for earlier.
    assert.notEqual((await vscode.ghostText()).trim(), '');
    await vscode.screenshot('first-completion');

    const accepted = await vscode.acceptSuggestion();
    await vscode.press('Control+S');
    // On the disk, because on the screen ghost text and text look alike, and the next suggestion may be there already.
    const file = path.join(vscode.workspace, 'list.ts');
    await until(`the suggestion is in the file: ${accepted}`, () => {
      const text = readFileSync(file, 'utf8');
      return /i < list\.\w/.test(text) && text.includes(accepted.trimEnd());
    });
  });
});
