/** "Toggle Completions": everywhere, or for the language of the editor in front. */
import { t } from '@vscode/l10n';
import { window } from 'vscode';
import { enableCompletions, enableLanguage, readSettings } from '../settings';

export async function toggleCompletions(): Promise<void> {
  await enableCompletions(!readSettings().completions.enabled);
}

export async function toggleLanguage(): Promise<void> {
  const languageId = window.activeTextEditor?.document.languageId;
  if (languageId === undefined)
    throw new Error(t('Open a file first: its language is the one that is toggled.'));
  await enableLanguage(languageId, readSettings().completions.disabledLanguages.includes(languageId));
}
