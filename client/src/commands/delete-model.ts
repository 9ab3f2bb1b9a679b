/** "Delete Downloaded Model…": frees the disk space of a model that VRAMesh has fetched. */
import { t } from '@vscode/l10n';
import { window } from 'vscode';
import { deleteModelRequest, listModelsRequest, type ModelRef } from '#protocol';
import { request } from '../requests';
import { plain, size } from '../text/format';
import { listingItem } from '../text/model-items';
import type { Vramesh } from '../vramesh';

export async function deleteModel(vramesh: Vramesh): Promise<void> {
  const { models } = await request(vramesh, listModelsRequest, {});
  const instances = vramesh.state?.instances ?? [];
  const items = models
    .filter(({ deletable }) => deletable)
    .map((listing) => ({ ...listingItem(listing, instances), model: listing.model }));
  if (items.length === 0) throw new Error(t('No model was downloaded, so there is none to delete.'));
  const picked = await window.showQuickPick(items, {
    title: t('Delete Downloaded Model'),
    placeHolder: t('Which model?'),
    matchOnDetail: true,
  });
  if (picked && (await isMeant(picked.model)))
    await request(vramesh, deleteModelRequest, { model_id: picked.model.id });
}

async function isMeant({ name, path, size_bytes }: ModelRef): Promise<boolean> {
  const remove = t('Delete');
  const answer = await window.showWarningMessage(
    t('Delete {0}?', plain(name)),
    { modal: true, detail: `${t('This frees {0}. It is deleted for good:', size(size_bytes))}\n${path}` },
    remove,
  );
  return answer === remove;
}
