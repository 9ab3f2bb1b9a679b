/** "Leave Cluster": this machine trusts nobody any more, and nobody trusts it. */
import { t } from '@vscode/l10n';
import { window } from 'vscode';
import { leaveRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';

export async function leave(vramesh: Vramesh): Promise<void> {
  const confirmed = await window.showWarningMessage(
    t('Leave the cluster?'),
    {
      modal: true,
      detail: t(
        'This machine no longer uses what others run, nor they what it runs. To come back it must be invited.',
      ),
    },
    t('Leave'),
  );
  if (confirmed) await request(vramesh, leaveRequest, {});
}
