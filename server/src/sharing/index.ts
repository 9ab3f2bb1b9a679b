/**
 * Sharing: what the machines of a cluster do for each other. It joins the cluster with the parts that know models and
 * engines, tells the others what this machine has, and lets whoever is nearest complete.
 */
import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster';
import { generateRemotely, serveGenerations } from '../cluster';
import type { Instances } from '../instances';
import { type DocumentParts, publishDocument } from './document';
import { createNearest, type Nearest } from './nearest';

export type { Nearest } from './nearest';

export interface SharingParts extends Omit<DocumentParts, 'instances' | 'cluster'> {
  readonly cluster: Cluster;
  readonly instances: Instances;
}

export interface Sharing {
  readonly nearest: Nearest;
  close(): void;
}

export function openSharing(parts: SharingParts): Sharing {
  const { cluster, instances } = parts;
  const nearest = createNearest({
    instances,
    cluster,
    generateRemotely: ({ peerId, instanceId, signal, maxTokens, prompt, temperature, affinity }) =>
      generateRemotely({
        params: {
          instance_id: instanceId,
          prompt,
          max_tokens: maxTokens,
          temperature,
          // The name of a document is nobody else's business.
          affinity: createHash('sha256').update(affinity).digest('hex'),
        },
        signal,
        open: (opening) => cluster.open({ peerId, kind: 'completion', signal: opening }),
      }),
  });
  cluster.onChannel('completion', (channel) =>
    serveGenerations(channel, ({ instance_id, prompt, max_tokens, temperature, affinity }, signal) =>
      instances.generate(instance_id, {
        prompt,
        maxTokens: max_tokens,
        temperature,
        // Documents of different machines may have one name.
        affinity: `${channel.peer.id}/${affinity}`,
        signal,
      }),
    ),
  );
  return { nearest, close: publishDocument(parts) };
}
