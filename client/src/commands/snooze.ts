/** "Snooze Completions…": none come by themselves for a while, in this window. */
import { t } from '@vscode/l10n';
import { window } from 'vscode';
import type { Vramesh } from '../vramesh';

export async function snooze({ snooze }: Vramesh): Promise<void> {
  const choices = [
    { label: t('5 minutes'), minutes: 5 },
    { label: t('30 minutes'), minutes: 30 },
    { label: t('Until VS Code is restarted'), minutes: Number.POSITIVE_INFINITY },
  ];
  const picked = await window.showQuickPick(choices, {
    title: t('Snooze Completions'),
    placeHolder: t('For how long? In this window; what you ask for yourself still comes.'),
  });
  if (picked) snooze.begin(picked.minutes);
}

export async function endSnooze({ snooze }: Vramesh): Promise<void> {
  snooze.end();
}
