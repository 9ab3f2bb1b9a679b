/** What a click on a status item offers. */
import { t } from '@vscode/l10n';
import { commands, type QuickPickItem, window } from 'vscode';
import { readSettings } from '../settings';
import type { Vramesh } from '../vramesh';
import { commandIds } from './ids';

interface Action extends QuickPickItem {
  readonly command: string;
}

export async function gpuMenu(): Promise<void> {
  await choose(t('VRAMesh: GPU'), [
    { label: `$(server-environment) ${t('Show Topology')}`, command: commandIds.showTopology },
    { label: `$(add) ${t('Invite Machine…')}`, command: commandIds.invite },
    { label: `$(plug) ${t('Join Cluster…')}`, command: commandIds.join },
    { label: `$(pulse) ${t('Diagnose')}`, command: commandIds.diagnose },
    { label: `$(output) ${t('Show Log')}`, command: commandIds.showLog },
    { label: `$(debug-restart) ${t('Restart Host')}`, command: commandIds.restartHost },
    { label: `$(book) ${t('Get Started')}`, command: commandIds.openWalkthrough },
  ]);
}

export async function modelMenu(vramesh: Vramesh): Promise<void> {
  const { state } = vramesh;
  const restart = { label: `$(debug-restart) ${t('Restart Host')}`, command: commandIds.restartHost };
  const unplace = { label: `$(trash) ${t('Remove Placed Model…')}`, command: commandIds.unplace };
  await choose(t('VRAMesh: Model'), [
    ...(state ? [] : [restart]),
    { label: `$(chip) ${t('Place Model on GPU…')}`, command: commandIds.place },
    { label: `$(cloud-download) ${t('Download Model…')}`, command: commandIds.download },
    ...(state?.instances.length ? [unplace] : []),
    ...switches(vramesh),
    { label: `$(question) ${t('Why No Completion Here?')}`, command: commandIds.whyNoCompletion },
    { label: `$(gear) ${t('Open Settings')}`, command: commandIds.openSettings },
    { label: `$(output) ${t('Show Log')}`, command: commandIds.showLog },
  ]);
}

/** What turns completions off and on: for a while, everywhere, for the language in front. */
function switches({ snooze }: Vramesh): Action[] {
  const { enabled, disabledLanguages } = readSettings().completions;
  const languageId = window.activeTextEditor?.document.languageId;
  const all = enabled
    ? { label: `$(circle-slash) ${t('Switch Completions Off')}`, command: commandIds.toggleCompletions }
    : { label: `$(sparkle) ${t('Switch Completions On')}`, command: commandIds.toggleCompletions };
  const pause =
    snooze.secondsLeft === null
      ? { label: `$(bell-slash) ${t('Snooze Completions…')}`, command: commandIds.snooze }
      : { label: `$(bell) ${t('End Snooze')}`, command: commandIds.endSnooze };
  return languageId === undefined
    ? [pause, all]
    : [pause, all, languageSwitch(languageId, disabledLanguages.includes(languageId))];
}

function languageSwitch(languageId: string, off: boolean): Action {
  const label = off
    ? `$(sparkle) ${t('Switch Completions On for {0}', languageId)}`
    : `$(circle-slash) ${t('Switch Completions Off for {0}', languageId)}`;
  return { label, command: commandIds.toggleLanguage };
}

async function choose(title: string, actions: readonly Action[]): Promise<void> {
  const action = await window.showQuickPick(actions, { title });
  if (action) await commands.executeCommand(action.command);
}
