/** What a click on a status item offers. */
import { commands, type QuickPickItem, window } from 'vscode';
import { readSettings } from '../settings';
import type { Vramesh } from '../vramesh';
import { commandIds } from './ids';

interface Action extends QuickPickItem {
  readonly command: string;
}

export async function gpuMenu(): Promise<void> {
  await choose('VRAMesh: GPU', [
    { label: '$(server-environment) Show Topology', command: commandIds.showTopology },
    { label: '$(add) Invite Machine…', command: commandIds.invite },
    { label: '$(plug) Join Cluster…', command: commandIds.join },
    { label: '$(pulse) Diagnose', command: commandIds.diagnose },
    { label: '$(output) Show Log', command: commandIds.showLog },
    { label: '$(debug-restart) Restart Host', command: commandIds.restartHost },
  ]);
}

export async function modelMenu(vramesh: Vramesh): Promise<void> {
  const { enabled, disabledLanguages } = readSettings().completions;
  const languageId = window.activeTextEditor?.document.languageId;
  const actions: Action[] = [
    { label: '$(chip) Place Model on GPU…', command: commandIds.place },
    { label: '$(cloud-download) Download Model…', command: commandIds.download },
    {
      label: `$(${enabled ? 'circle-slash' : 'sparkle'}) Switch Completions ${enabled ? 'Off' : 'On'}`,
      command: commandIds.toggleCompletions,
    },
  ];
  if (vramesh.state?.instances.length) {
    actions.push({ label: '$(trash) Remove Placed Model…', command: commandIds.unplace });
  }
  if (languageId !== undefined) {
    const off = disabledLanguages.includes(languageId);
    actions.push({
      label: `$(${off ? 'sparkle' : 'circle-slash'}) Switch Completions ${off ? 'On' : 'Off'} for ${languageId}`,
      command: commandIds.toggleLanguage,
    });
  }
  actions.push({ label: '$(output) Show Log', command: commandIds.showLog });
  if (!vramesh.state)
    actions.unshift({ label: '$(debug-restart) Restart Host', command: commandIds.restartHost });
  await choose('VRAMesh: model', actions);
}

async function choose(title: string, actions: Action[]): Promise<void> {
  const action = await window.showQuickPick(actions, { title });
  if (action) await commands.executeCommand(action.command);
}
