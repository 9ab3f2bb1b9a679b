/** An idle model comes back for whoever needs it, on whichever machine: that one is told, and its document shows what came of it. */
import { peerWakeRequest } from '#protocol';
import type { Cluster } from '../cluster';
import type { Instances } from '../instances';

/** ms; the answer does not wait for the model */
const limitMs = 10_000;

/** Whoever does not answer is told again by the next who needs it. */
export function wakeElsewhere(cluster: Pick<Cluster, 'request'>, peerId: string, instanceId: string): void {
  cluster.request(peerId, peerWakeRequest, { instance_id: instanceId }, { limitMs }).catch(() => {});
}

export function serveWaking(cluster: Pick<Cluster, 'handle'>, instances: Pick<Instances, 'wake'>): void {
  cluster.handle(peerWakeRequest, async ({ instance_id }) => {
    instances.wake(instance_id);
    return {};
  });
}
