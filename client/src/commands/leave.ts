/** "Leave Cluster": this machine trusts nobody any more, and nobody trusts it. */
import { window } from 'vscode';
import { leaveRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';

export async function leave(vramesh: Vramesh): Promise<void> {
  const confirmed = await window.showWarningMessage(
    'Leave the cluster?',
    {
      modal: true,
      detail:
        'This machine no longer uses what others run, nor they what it runs. To come back it must be invited.',
    },
    'Leave',
  );
  if (confirmed) await request(vramesh, leaveRequest, {});
}
