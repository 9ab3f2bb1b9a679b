/** Engines of other machines write for this one, and the engines of this machine for others. */
import { createHash } from 'node:crypto';
import { type GenerationResult, mostTokensElsewhere } from '#protocol';
import { type Cluster, createSpareChannels, generateRemotely, serveGenerations } from '../cluster';
import type { Generation, GenerationRequest, Instances } from '../instances';

export interface RemoteRequest extends GenerationRequest {
  readonly peerId: string;
  readonly instanceId: string;
}

export interface RemoteGeneration {
  /** It begins when it is iterated; until then nothing of it settles. */
  generate(request: RemoteRequest): Generation;
  close(): void;
}

export function createRemoteGeneration(cluster: Cluster): RemoteGeneration {
  const spares = createSpareChannels((peerId, signal) =>
    cluster.open({ peerId, kind: 'completion', signal }),
  );

  function generate(request: RemoteRequest): Generation {
    const { peerId, instanceId, signal, onLogprobs, options } = request;
    let onResult: (result: GenerationResult) => void = () => {};
    let onFailure: (error: Error) => void = () => {};
    const done = new Promise<GenerationResult>((fulfil, reject) => {
      onResult = fulfil;
      onFailure = reject;
    });
    // Who iterates hears of it there.
    done.catch(() => {});
    async function* text() {
      const params = {
        instance_id: instanceId,
        prompt: request.prompt,
        max_tokens: Math.min(request.maxTokens, mostTokensElsewhere),
        temperature: request.temperature,
        seed: request.seed,
        priority: request.priority,
        // The name of a document is nobody else's business.
        affinity: createHash('sha256').update(request.affinity).digest('hex'),
        ...(options && { options }),
      };
      const open = (opening: AbortSignal) => spares.open(peerId, opening);
      try {
        yield* generateRemotely({
          params,
          signal,
          onResult,
          onFailure,
          open,
          onLogprobs: (told) => onLogprobs?.(told),
        });
      } catch (error) {
        onFailure(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
    }
    return { done, [Symbol.asyncIterator]: text };
  }

  return { generate, close: spares.close };
}

export function serveRemoteGeneration(cluster: Cluster, instances: Pick<Instances, 'generate'>): void {
  cluster.onChannel('completion', (channel) =>
    serveGenerations(channel, ({ params, signal, onLogprobs }) => {
      const { instance_id, max_tokens, affinity, ...request } = params;
      return instances.generate(instance_id, {
        ...request,
        maxTokens: max_tokens,
        // Documents of different machines may have one name.
        affinity: `${channel.peer.id}/${affinity}`,
        signal,
        onLogprobs,
      });
    }),
  );
}
