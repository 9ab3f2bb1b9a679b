/** A download on the screen: progress with cancel, and what came of it. The host goes on when the window closes. */
import { t } from '@vscode/l10n';
import { type CancellationToken, commands, type Progress, ProgressLocation, window } from 'vscode';
import { cancelDownloadRequest, type Download, downloadRequest } from '#protocol';
import { request } from '../requests';
import { arrived, isUnderWay, progressText } from '../text/download-text';
import { plain } from '../text/format';
import type { Vramesh } from '../vramesh';
import { commandIds } from './ids';
import { createSteps } from './steps';

/** `source`: as `downloadRequest` takes it. Rejects with the reason when it cannot be fetched. */
export async function fetchModel(vramesh: Vramesh, source: string): Promise<void> {
  const { download } = await request(vramesh, downloadRequest, { source });
  await followDownload(vramesh, download);
}

/** Shows one that was begun, here or in another window, until it ends. */
export async function followDownload(vramesh: Vramesh, download: Download): Promise<void> {
  const name = plain(download.name);
  const last = await window.withProgress(
    { location: ProgressLocation.Notification, title: t('VRAMesh: fetching {0}', name), cancellable: true },
    (progress, token) => untilItStops(vramesh, download, progress, token),
  );
  if (last === 'cancelled') {
    await request(vramesh, cancelDownloadRequest, { download_id: download.id });
    say(t('{0} is no longer fetched. What has arrived is kept: “Download Model…” goes on with it.', name));
  } else if (last === 'gone') say(t('{0} is no longer fetched: it was given up elsewhere.', name));
  else if (last.state === 'failed') throw new Error(last.error ?? t('{0} could not be fetched.', name));
  else if (last.state === 'done') await offerToPlace(last);
  else say(t('{0} was paused elsewhere. “Download Model…” goes on with it.', name));
}

/** How it is when it moves no more. */
function untilItStops(
  vramesh: Vramesh,
  begun: Download,
  progress: Progress<{ message: string; increment: number }>,
  token: CancellationToken,
): Promise<Download | 'cancelled' | 'gone'> {
  const step = createSteps();
  let seen = false;
  return new Promise((fulfil) => {
    const end = (result: Download | 'cancelled' | 'gone') => {
      changes.dispose();
      cancellation.dispose();
      fulfil(result);
    };
    const look = (download: Download) => {
      if (isUnderWay(download))
        progress.report({ message: progressText(download), increment: step(arrived(download)) });
      else end(download);
    };
    // The state that this window has may be older than `begun`: only what comes from now on counts.
    const changes = vramesh.onDidChange(() => {
      const now = vramesh.state?.downloads.find(({ id }) => id === begun.id);
      if (now) {
        seen = true;
        look(now);
      } else if (seen && vramesh.state) end('gone');
    });
    const cancellation = token.onCancellationRequested(() => end('cancelled'));
    look(begun);
  });
}

async function offerToPlace({ name, model_id }: Download): Promise<void> {
  const placeIt = t('Place');
  const choice = await window.showInformationMessage(
    t('VRAMesh: {0} is on this machine.', plain(name)),
    ...(model_id === null ? [] : [placeIt]),
  );
  // Through the command, which shows its own failures.
  if (choice === placeIt) await commands.executeCommand(commandIds.place, model_id);
}

function say(text: string): void {
  void window.showInformationMessage(`VRAMesh: ${text}`);
}
