/**
 * Whom to believe: a packet counts when a member's key has sealed it, it comes from the address that it names, and it is
 * newer than what was heard from there. What strangers send costs at most a bounded number of tries a second. Pure.
 */
import type { DiscoveryHello } from '#protocol';
import { open, packetBytes } from './packet';

/** Packets that are looked at in a second; beyond that they are dropped unseen. Enough for hundreds of members. */
const mostPerSecond = 2000;
/** Addresses of one member; the one that was silent longest is forgotten. */
const mostSources = 16;

export interface HearingParts {
  /** ms */
  now(): number;
  keys(): readonly string[];
  isOther(nodeId: string): boolean;
}

export interface Hearing {
  /** @param source address without a zone; `null`: it does not count */
  hear(packet: Buffer, source: string): DiscoveryHello | null;
}

export function createHearing({ now, keys, isOther }: HearingParts): Hearing {
  const newest = new Map<string, Map<string, number>>();
  let allowance = mostPerSecond;
  let filledAt = now();

  function allowed(): boolean {
    const time = now();
    allowance = Math.min(mostPerSecond, allowance + ((time - filledAt) / 1000) * mostPerSecond);
    filledAt = time;
    if (allowance < 1) return false;
    allowance -= 1;
    return true;
  }

  /** A clock that was set back makes a member's packets look old for a while: it still hears the others, and dials. */
  function isNew(nodeId: string, source: string, sequence: number): boolean {
    const sources = newest.get(nodeId) ?? new Map<string, number>();
    newest.set(nodeId, sources);
    if (sequence <= (sources.get(source) ?? -1)) return false;
    sources.delete(source);
    sources.set(source, sequence);
    const [oldest] = sources.keys();
    if (sources.size > mostSources && oldest !== undefined) sources.delete(oldest);
    return true;
  }

  return {
    hear(packet, source) {
      if (packet.length !== packetBytes || !allowed()) return null;
      const hello = open(packet, keys());
      if (hello === null || !isOther(hello.node_id) || hello.from !== source) return null;
      return isNew(hello.node_id, source, hello.sequence) ? hello : null;
    },
  };
}
