/** "Invite Machine…": one line for the other machine, and a button that copies it. */
import { t } from '@vscode/l10n';
import { env, window } from 'vscode';
import { inviteRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';

const copy = t('Copy');

export async function invite(vramesh: Vramesh): Promise<void> {
  const { line, expires_at } = await request(vramesh, inviteRequest, {});
  const time = new Date(expires_at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const choice = await window.showInformationMessage(
    t(
      'Use this line on the other machine until {0}: “Join Cluster…” in VS Code, or “vramesh join” in a terminal.',
      time,
    ),
    {
      modal: true,
      detail: `${line}\n\n${t('It is good for one machine. Whoever has it can join: send it privately.')}`,
    },
    copy,
  );
  if (choice !== copy) return;
  await env.clipboard.writeText(line);
  window.setStatusBarMessage(t('VRAMesh: the invitation was copied.'), 5000);
}
