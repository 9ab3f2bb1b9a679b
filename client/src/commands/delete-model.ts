/** "Delete Downloaded Model…": frees the disk space of a model that VRAMesh has fetched. */
import { window } from 'vscode';
import { deleteModelRequest, listModelsRequest, type ModelRef } from '#protocol';
import { request } from '../requests';
import { size } from '../text/format';
import { listingItem } from '../text/model-items';
import type { Vramesh } from '../vramesh';

export async function deleteModel(vramesh: Vramesh): Promise<void> {
  const { models } = await request(vramesh, listModelsRequest, {});
  const instances = vramesh.state?.instances ?? [];
  const items = models
    .filter(({ deletable }) => deletable)
    .map((listing) => ({ ...listingItem(listing, instances), model: listing.model }));
  if (items.length === 0) throw new Error('No model was downloaded, so there is none to delete.');
  const picked = await window.showQuickPick(items, {
    title: 'Delete Downloaded Model',
    placeHolder: 'Which model?',
    matchOnDetail: true,
  });
  if (picked && (await isMeant(picked.model)))
    await request(vramesh, deleteModelRequest, { model_id: picked.model.id });
}

async function isMeant({ name, path, size_bytes }: ModelRef): Promise<boolean> {
  const answer = await window.showWarningMessage(
    `Delete ${name}?`,
    { modal: true, detail: `This frees ${size(size_bytes)}. It is deleted for good:\n${path}` },
    'Delete',
  );
  return answer === 'Delete';
}
