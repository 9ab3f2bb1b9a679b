/**
 * Bounds how often an address may try tokens. 256 random bits cannot be guessed, however often somebody tries: this keeps
 * the log and the host from being busy with it.
 */
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Wrong tokens of an address that are looked at within `windowMs`; the next ones wait for its end. */
const mostTries = 10;
const windowMs = 60_000;
const mostAddresses = 1024;

export interface WrongTries {
  /** Until this address is listened to again; 0: now. */
  secondsLeft(address: string): number;
  /** `last`: from now on it has to wait. */
  add(address: string): 'counted' | 'last';
}

/** @param now ms of a clock that never goes back */
export function createWrongTries(now: () => number): WrongTries {
  const tries = new LRUCache<string, { count: number; readonly until: number }>({ max: mostAddresses });

  const of = (address: string) => {
    const found = tries.get(network(address));
    return found !== undefined && found.until > now() ? found : null;
  };

  return {
    secondsLeft(address) {
      const found = of(address);
      return found === null || found.count < mostTries ? 0 : Math.ceil((found.until - now()) / 1000);
    },
    add(address) {
      const found = of(address) ?? { count: 0, until: now() + windowMs };
      found.count += 1;
      tries.set(network(address), found);
      return found.count === mostTries ? 'last' : 'counted';
    },
  };
}

/** Whoever has IPv6 has a whole network of 64 bits. */
function network(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address.replace(/^::ffff:/, '');
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = tail?.split(':').filter((group) => group !== '') ?? [];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
