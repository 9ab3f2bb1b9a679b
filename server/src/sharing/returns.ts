/** A machine is there that was not: what could not be had without it is tried again. */
import type { Cluster } from '../cluster';
import { onlineNodes } from './online-nodes';

/** Returns how to stop. */
export function watchReturns(cluster: Pick<Cluster, 'nodes' | 'onChange'>, onReturn: () => void): () => void {
  let online = new Set<string>();
  return cluster.onChange(() => {
    const before = online;
    online = new Set(onlineNodes(cluster).map(({ id }) => id));
    if ([...online].some((id) => !before.has(id))) onReturn();
  });
}
