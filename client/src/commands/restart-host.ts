/** "Restart Host": ends the host with its engines, for every window, and starts a new one. */
import { t } from '@vscode/l10n';
import { ProgressLocation, window } from 'vscode';
import { stopRequest } from '#protocol';
import { hostHasEnded, request } from '../requests';
import type { Vramesh } from '../vramesh';

export async function restartHost(vramesh: Vramesh): Promise<void> {
  await window.withProgress(
    { location: ProgressLocation.Window, title: t('VRAMesh: restarting the host') },
    async () => {
      if (vramesh.client.isRunning()) {
        await request(vramesh, stopRequest, {}).catch((error: unknown) => {
          // The connection may be gone before its last message was read: then the host has done what it was asked for.
          if (vramesh.client.isRunning()) throw error;
        });
        await hostHasEnded();
      }
      await vramesh.restart();
    },
  );
  if (vramesh.problem) throw new Error(vramesh.problem);
}
