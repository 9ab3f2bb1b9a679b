/** Inviting machines, joining a cluster, and ending the trust in one. */
import { inviteRequest, joinRequest, leaveRequest, peersRequest, removePeerRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const clusterFeature: Feature = ({ connection, parts: { cluster } }) => {
  onRequest(connection, inviteRequest, () => cluster.invite());
  onRequest(connection, joinRequest, ({ line }, signal) => cluster.join(line, signal));
  onRequest(connection, peersRequest, async () => ({ peers: cluster.peers() }));
  onRequest(connection, removePeerRequest, ({ node_id }) => cluster.remove(node_id));
  onRequest(connection, leaveRequest, async () => {
    await cluster.leave();
    return {};
  });
  return {};
};
