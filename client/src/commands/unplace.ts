/** "Remove Placed Model…": frees the memory of an instance. */
import { t } from '@vscode/l10n';
import { window } from 'vscode';
import { machineOf, type State, unplaceRequest } from '#protocol';
import { request } from '../requests';
import { plain, unknown } from '../text/format';
import { instanceWords } from '../text/words';
import type { Vramesh } from '../vramesh';

export async function unplace(vramesh: Vramesh, instanceId: unknown): Promise<void> {
  const instances = vramesh.state?.instances ?? [];
  if (instances.length === 0) throw new Error(t('No model is placed.'));
  const known = instances.find((instance) => instance.id === instanceId)?.id;
  const id = known ?? (await choose(vramesh.state));
  if (id !== undefined) await request(vramesh, unplaceRequest, { instance_id: id });
}

async function choose(all: State | null): Promise<string | undefined> {
  const items = (all?.instances ?? []).map(({ id, node_id, model, state, backend }) => ({
    label: plain(model.name),
    description: [
      instanceWords[state],
      backend ?? unknown,
      ...(all ? (machineOf(node_id, all) ?? []) : []),
    ].join(' · '),
    id,
  }));
  const picked = await window.showQuickPick(items, {
    title: t('Remove Placed Model'),
    placeHolder: t('Which model?'),
  });
  return picked?.id;
}
