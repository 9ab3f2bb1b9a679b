/** "Remove Machine from Cluster…": ends the trust in a machine, on all members. */
import { t } from '@vscode/l10n';
import { window } from 'vscode';
import { type Peer, peersRequest, removePeerRequest } from '#protocol';
import { request } from '../requests';
import { plain } from '../text/format';
import { linkWords } from '../text/words';
import type { Vramesh } from '../vramesh';

/** `nodeId`: when the tree has chosen it. */
export async function removeMachine(vramesh: Vramesh, nodeId: unknown): Promise<void> {
  const { peers } = await request(vramesh, peersRequest, {});
  if (peers.length === 0) throw new Error(t('There is no other machine in the cluster.'));
  const peer = peers.find(({ node_id }) => node_id === nodeId) ?? (await choose(peers));
  if (peer === undefined) return;
  const name = plain(peer.name);
  const confirmed = await window.showWarningMessage(
    t('Remove {0} from the cluster?', name),
    {
      modal: true,
      detail: t('All machines stop trusting it at once, or at their next contact. It can be invited again.'),
    },
    t('Remove'),
  );
  if (confirmed) await request(vramesh, removePeerRequest, { node_id: peer.node_id });
}

async function choose(peers: readonly Peer[]): Promise<Peer | undefined> {
  const items = peers.map((peer) => ({
    label: plain(peer.name),
    description: `${linkWords[peer.status]} · ${peer.node_id.slice(0, 8)}`,
    peer,
  }));
  const picked = await window.showQuickPick(items, {
    title: t('Remove Machine from Cluster'),
    placeHolder: t('Which machine?'),
  });
  return picked?.peer;
}
