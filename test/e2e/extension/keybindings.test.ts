/** Our keys against those that the editor has of its own, with its built-in extensions, on this platform. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import manifest from '../../../package.json';

interface Binding {
  readonly key: string;
  readonly command: string;
}

/** As "Preferences: Open Default Keyboard Shortcuts (JSON)" lists them. */
async function defaultBindings(): Promise<Binding[]> {
  const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
  const text = (await vscode.workspace.openTextDocument(uri)).getText();
  return [...text.matchAll(/"key": "([^"]+)",\s*"command": "([^"]+)"/g)].map(
    ([, key = '', command = '']) => ({
      key,
      command,
    }),
  );
}

describe('the keys of the extension', () => {
  it('are bound, and to nothing else', async () => {
    const { keybindings } = manifest.contributes;
    const bindings = await defaultBindings();
    assert.ok(bindings.length > 500, `only ${bindings.length} keys are bound`);
    for (const { key, mac, command } of keybindings) {
      const ours = process.platform === 'darwin' ? mac : key;
      const same = bindings.filter((each) => each.key === ours || each.key.startsWith(`${ours} `));
      assert.deepEqual(same, [{ key: ours, command }]);
    }
  });
});
