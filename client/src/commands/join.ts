/** "Join Cluster…": takes the line that the other machine has made. */
import { t } from '@vscode/l10n';
import { ProgressLocation, window } from 'vscode';
import { joinRequest } from '#protocol';
import { request } from '../requests';
import { plain } from '../text/format';
import type { Vramesh } from '../vramesh';

export async function join(vramesh: Vramesh): Promise<void> {
  const line = await window.showInputBox({
    title: t('Join Cluster'),
    prompt: t('The line that “Invite Machine…” or “vramesh invite” has made on the other machine'),
    placeHolder: 'vramesh:…',
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || text.includes('vramesh:') ? null : t('An invitation begins with “vramesh:”.'),
  });
  if (!line?.trim()) return;
  const { inviter, peers } = await window.withProgress(
    { location: ProgressLocation.Notification, title: t('VRAMesh: joining…'), cancellable: true },
    (_progress, token) => request(vramesh, joinRequest, { line }, token),
  );
  const name = plain(inviter);
  void window.showInformationMessage(
    peers.length > 1
      ? t('VRAMesh: this machine, {0} and {1} more trust each other now.', name, peers.length - 1)
      : t('VRAMesh: this machine and {0} trust each other now.', name),
  );
}
