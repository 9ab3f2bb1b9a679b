/** "Join Cluster…": takes the line that the other machine has made. */
import { ProgressLocation, window } from 'vscode';
import { joinRequest } from '#protocol';
import { request } from '../requests';
import { plain } from '../text/format';
import type { Vramesh } from '../vramesh';

export async function join(vramesh: Vramesh): Promise<void> {
  const line = await window.showInputBox({
    title: 'Join Cluster',
    prompt: 'The line that "Invite Machine…" or "vramesh invite" has made on the other machine',
    placeHolder: 'vramesh:…',
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || text.includes('vramesh:') ? null : 'An invitation begins with "vramesh:".',
  });
  if (!line?.trim()) return;
  const { inviter, peers } = await window.withProgress(
    { location: ProgressLocation.Notification, title: 'VRAMesh: joining…', cancellable: true },
    (_progress, token) => request(vramesh, joinRequest, { line }, token),
  );
  const more = peers.length > 1 ? `, and ${peers.length - 1} more` : '';
  void window.showInformationMessage(
    `VRAMesh: this machine and ${plain(inviter)} trust each other now${more}.`,
  );
}
