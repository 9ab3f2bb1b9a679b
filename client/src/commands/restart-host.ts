/** "Restart Host": ends the host with its engines, for every window, and starts a new one. */
import { t } from '@vscode/l10n';
import { ProgressLocation, window } from 'vscode';
import type { Vramesh } from '../vramesh';

export async function restartHost(vramesh: Vramesh): Promise<void> {
  await window.withProgress(
    { location: ProgressLocation.Window, title: t('VRAMesh: restarting the host') },
    async () => {
      await vramesh.endHost();
      await vramesh.restart();
    },
  );
  if (vramesh.problem) throw new Error(vramesh.problem);
}
