/** "Delete Downloaded Model…": frees the disk space of a model that VRAMesh has fetched, whole or in part. */
import { t } from '@vscode/l10n';
import { type QuickPickItem, window } from 'vscode';
import {
  cancelDownloadRequest,
  type Download,
  deleteModelRequest,
  listModelsRequest,
  type ModelRef,
} from '#protocol';
import { request } from '../requests';
import { downloadItem, isStopped, ownDownloads } from '../text/download-text';
import { plain, size } from '../text/format';
import { listingItem } from '../text/model-items';
import type { Vramesh } from '../vramesh';

interface Choice extends QuickPickItem {
  remove(): Promise<void>;
}

export async function deleteModel(vramesh: Vramesh): Promise<void> {
  const { models } = await request(vramesh, listModelsRequest, {});
  const instances = vramesh.state?.instances ?? [];
  const stopped = vramesh.state === null ? [] : ownDownloads(vramesh.state).filter(isStopped);
  const items: Choice[] = [
    ...models
      .filter(({ deletable }) => deletable)
      .map((listing) => ({
        ...listingItem(listing, instances),
        remove: () => deleteWhole(vramesh, listing.model),
      })),
    ...stopped.map((download) => ({
      ...downloadItem(download),
      label: plain(download.name),
      remove: () => discardDownload(vramesh, download),
    })),
  ];
  if (items.length === 0) throw new Error(t('No model was downloaded, so there is none to delete.'));
  const picked = await window.showQuickPick(items, {
    title: t('Delete Downloaded Model'),
    placeHolder: t('Which model?'),
    matchOnDetail: true,
  });
  await picked?.remove();
}

async function deleteWhole(vramesh: Vramesh, { id, name, path, size_bytes }: ModelRef): Promise<void> {
  const isMeant = await confirm(
    t('Delete {0}?', plain(name)),
    `${t('This frees {0}. It is deleted for good:', size(size_bytes))}\n${path}`,
  );
  if (isMeant) await request(vramesh, deleteModelRequest, { model_id: id });
}

/** What has arrived of a model. */
export async function discardDownload(vramesh: Vramesh, { id, name, bytes }: Download): Promise<void> {
  const isMeant = await confirm(
    t('Delete what has arrived of {0}?', plain(name)),
    t('This frees {0}. Fetching it again begins anew.', size(bytes)),
  );
  if (isMeant) await request(vramesh, cancelDownloadRequest, { download_id: id, discard: true });
}

async function confirm(question: string, detail: string): Promise<boolean> {
  const remove = t('Delete');
  const answer = await window.showWarningMessage(question, { modal: true, detail }, remove);
  return answer === remove;
}
