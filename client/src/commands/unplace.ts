/** "Remove Placed Model…": frees the memory of an instance. */
import { window } from 'vscode';
import { unplaceRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';

export async function unplace(vramesh: Vramesh): Promise<void> {
  const items = (vramesh.state?.instances ?? []).map((instance) => ({
    label: instance.model.name,
    description: `${instance.state} · ${instance.backend ?? '—'}`,
    id: instance.id,
  }));
  if (items.length === 0) throw new Error('No model is placed.');
  const picked = await window.showQuickPick(items, {
    title: 'Remove Placed Model',
    placeHolder: 'Which model?',
  });
  if (picked) await request(vramesh, unplaceRequest, { instance_id: picked.id });
}
