/**
 * A machine is there that was not: what could not be had without it is tried again. Not only at once: it may not have
 * noticed yet that it was away, and still keep what it had lent before.
 */
import type { Cluster } from '../cluster';
import { onlineNodes } from './online-nodes';

/** ms after a return. */
const triesMs = [0, 3000, 10_000, 30_000];

/** Returns how to stop. */
export function watchReturns(cluster: Pick<Cluster, 'nodes' | 'onChange'>, onReturn: () => void): () => void {
  const timers = new Set<NodeJS.Timeout>();
  let online = new Set<string>();
  const stop = cluster.onChange(() => {
    const before = online;
    online = new Set(onlineNodes(cluster).map(({ id }) => id));
    if ([...online].every((id) => before.has(id))) return;
    for (const ms of triesMs) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        onReturn();
      }, ms).unref();
      timers.add(timer);
    }
  });
  return () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  };
}
