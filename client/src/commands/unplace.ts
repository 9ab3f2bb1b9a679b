/** "Remove Placed Model…": frees the memory of an instance. */
import { window } from 'vscode';
import { type Instance, unplaceRequest } from '#protocol';
import { request } from '../requests';
import { plain, unknown } from '../text/format';
import type { Vramesh } from '../vramesh';

export async function unplace(vramesh: Vramesh, instanceId: unknown): Promise<void> {
  const instances = vramesh.state?.instances ?? [];
  if (instances.length === 0) throw new Error('No model is placed.');
  const id = instances.find((instance) => instance.id === instanceId)?.id ?? (await choose(instances));
  if (id !== undefined) await request(vramesh, unplaceRequest, { instance_id: id });
}

async function choose(instances: readonly Instance[]): Promise<string | undefined> {
  const items = instances.map(({ id, model, state, backend }) => ({
    label: plain(model.name),
    description: `${state} · ${backend ?? unknown}`,
    id,
  }));
  const picked = await window.showQuickPick(items, {
    title: 'Remove Placed Model',
    placeHolder: 'Which model?',
  });
  return picked?.id;
}
