/**
 * What a machine ran that has died is placed anew by one of those that are left: the one with the lowest id, so that
 * they need not agree. Whoever left by wish is not inherited from, nor does a machine inherit that has itself gone
 * elsewhere. When the machine comes back with what it ran, the stand-in is removed; when it comes back without, that one
 * stays, and is an instance like any other.
 */
import type { Logger } from 'pino';
import { type Instance, type Wishes, wishesSchema } from '#protocol';
import type { Cluster, RemoteNode } from '../cluster';
import type { Place } from './placing';
import type { Whereabouts } from './whereabouts';

/** ms without a word after which a machine counts as dead: a short fault of the network is not a death. */
const graceMs = 4000;
/**
 * ms after which one that is back has what it ran, or will not have it: a host that starts is heard before it begins to
 * place, and what needs other machines is tried for half a minute.
 */
const restoreMs = 60_000;

export interface HeirParts {
  readonly nodeId: string;
  readonly cluster: Pick<Cluster, 'nodes' | 'onChange'>;
  place: Place;
  unplace(instanceId: string): Promise<void>;
  readonly whereabouts: Pick<Whereabouts, 'mark' | 'isWaking'>;
  readonly log: Logger;
}

interface StandIn {
  readonly nodeId: string;
  /** Of the original: a host that starts again counts its instances anew, so that ids say nothing. */
  readonly modelName: string;
  readonly replacement: Promise<Instance | null>;
}

/** Returns how to stop. */
export function watchForHeirs({ nodeId, cluster, place, unplace, whereabouts, log }: HeirParts): () => void {
  const standIns = new Map<string, StandIn>();
  /** Those that are silent, and the timer after which what they ran is inherited. */
  const silent = new Map<string, NodeJS.Timeout>();
  /** Where this machine was while each of them was there. */
  const marks = new Map<string, string>();
  /** Since when each of them is there, in ms. */
  const thereSince = new Map<string, number>();
  const closing = new AbortController();

  function look(): void {
    const nodes = cluster.nodes();
    const known = new Set(nodes.map(({ peer }) => peer.node_id));
    for (const [id, timer] of silent)
      if (!known.has(id)) {
        clearTimeout(timer);
        silent.delete(id);
      }
    for (const node of nodes) {
      const { node_id: id, status } = node.peer;
      if (status !== 'online') thereSince.delete(id);
      else if (!thereSince.has(id)) thereSince.set(id, Date.now());
      if (status === 'online' || node.left) {
        clearTimeout(silent.get(id));
        silent.delete(id);
        if (status !== 'online') continue;
        marks.set(id, whereabouts.mark());
        giveBack(node);
      } else if (!silent.has(id) && node.document !== null) {
        silent.set(id, setTimeout(() => inherit(id), graceMs).unref());
      }
    }
  }

  function inherit(deadId: string): void {
    const nodes = cluster.nodes();
    const dead = nodes.find(({ peer }) => peer.node_id === deadId);
    if (dead === undefined || !isHeir(nodeId, nodes)) return;
    if (whereabouts.isWaking() || marks.get(deadId) !== whereabouts.mark()) {
      log.info(
        `${dead.peer.name} is gone, but it may be this machine that has moved: nothing is placed anew.`,
      );
      return;
    }
    for (const instance of dead.document?.instances ?? []) {
      const key = `${deadId}/${instance.id}`;
      if (instance.placed_by !== 'user' || instance.state === 'failed' || standIns.has(key)) continue;
      const { name: modelName } = instance.model;
      const standIn = { nodeId: deadId, modelName, replacement: replace(dead, instance) };
      standIns.set(key, standIn);
      void standIn.replacement.then((replacement) => {
        if (replacement === null && standIns.get(key) === standIn) standIns.delete(key);
      });
    }
  }

  async function replace({ peer }: RemoteNode, instance: Instance): Promise<Instance | null> {
    const { name } = instance.model;
    log.warn(`${peer.name} is gone. ${name}, which it ran, is placed anew.`);
    let problem = '';
    for (const wishes of wishesOf(instance)) {
      if (closing.signal.aborted) return null;
      try {
        return await place({
          modelId: name,
          wishes,
          previewId: null,
          keepFailure: false,
          signal: closing.signal,
          onChange: () => {},
        });
      } catch (error) {
        problem = (error as Error).message;
      }
    }
    log.warn(`${name} of ${peer.name} could not be placed anew: ${problem}`);
    return null;
  }

  /** Back with what it ran: one of the two is enough. */
  function giveBack({ peer, document }: RemoteNode): void {
    for (const [key, standIn] of standIns) {
      if (standIn.nodeId !== peer.node_id) continue;
      const { modelName } = standIn;
      const original = document?.instances.find(
        ({ model, placed_by, state }) =>
          model.name === modelName && placed_by === 'user' && state !== 'failed',
      );
      if (original === undefined && hasRestored(peer.node_id)) {
        standIns.delete(key);
        log.info(`${peer.name} is back without ${modelName}: what stands in for it stays.`);
      }
      if (original?.state !== 'ready' && original?.state !== 'idle') continue;
      standIns.delete(key);
      void standIn.replacement.then(async (replacement) => {
        if (replacement === null) return;
        log.info(`${peer.name} is back: the stand-in for ${modelName} is removed.`);
        await unplace(replacement.id).catch(() => {});
      });
    }
  }

  function hasRestored(id: string): boolean {
    return Date.now() - (thereSince.get(id) ?? Date.now()) > restoreMs;
  }

  const stop = cluster.onChange(look);
  return () => {
    stop();
    closing.abort();
    for (const timer of silent.values()) clearTimeout(timer);
  };
}

/** Every machine that is left decides this for itself, and alike. */
export function isHeir(nodeId: string, nodes: readonly RemoteNode[]): boolean {
  return nodes.every(({ peer }) => peer.status !== 'online' || peer.node_id > nodeId);
}

/** As it was placed: what fitted there comes first, and then whatever the default gives. */
function wishesOf({ role, placement }: Instance): Wishes[] {
  const usual = wishesSchema.parse({ role });
  if (placement === null) return [usual];
  const { context_size, sequences, kv_cache_type } = placement;
  // A context may be smaller than anybody may wish for: that of a tiny model.
  const same = wishesSchema.safeParse({ role, context_size, sequences, kv_cache_type });
  return same.success ? [same.data, usual] : [usual];
}
