/**
 * Discovery: says hello each second on every interface, and hears where the other members are. What it hears is only a
 * hint; the connection decides who it is. Members that are connected already are neither answered nor dialled.
 */
import type { Logger } from 'pino';
import { type DiscoveryHello, discoveryPort } from '#protocol';
import { writeAddress } from '../wire/address';
import { createHearing } from './hearing';
import { seal } from './packet';
import { openSockets, type Sockets, type Source } from './sockets';

const helloMs = 1000;
/** ms between two answers to one member, and two dials of it. */
const restMs = 500;
/** ms for which an address counts after it was heard. */
const freshMs = 15_000;
const mostAddresses = 16;

export interface DiscoveryOptions {
  readonly nodeId: string;
  readonly log: Logger;
  /** Where this node listens; `null`: it does not. */
  port(): number | null;
  /** 64 hexadecimal digits each; the first one seals. Empty: this node belongs to no cluster. */
  keys(): readonly string[];
  isOther(nodeId: string): boolean;
  isConnected(nodeId: string): boolean;
  onHeard(nodeId: string): void;
}

export interface Discovery {
  /** Where a member was heard lately, the newest first. */
  addressesOf(nodeId: string): string[];
  /** Members that were heard lately. */
  heard(): string[];
  /** Now, and not only with the next round: something has changed. */
  tell(): void;
  close(): void;
}

export function startDiscovery(options: DiscoveryOptions): Discovery {
  const { nodeId, log, port, keys, isOther, isConnected, onHeard } = options;
  const hearing = createHearing({ now: () => performance.now(), keys, isOther });
  const heard = new Map<string, Map<string, number>>();
  const restedAt = new Map<string, number>();
  let sockets: Sockets | null = null;
  let sequence = 0;

  function packetFrom(address: string, listening: number, key: string, answers: boolean): Buffer {
    // Also greater than before a restart.
    sequence = Math.max(sequence + 1, Date.now() * 1000);
    const hello: DiscoveryHello = { node_id: nodeId, from: address, port: listening, sequence, answers };
    return seal(hello, key);
  }

  function onPacket(packet: Buffer, source: Source): void {
    const hello = hearing.hear(packet, source.address);
    if (hello === null) return;
    const { node_id: id } = hello;
    remember(id, source, hello.port);
    const now = performance.now();
    if (isConnected(id) || now - (restedAt.get(id) ?? -restMs) < restMs) return;
    restedAt.set(id, now);
    if (!hello.answers) answer(source);
    onHeard(id);
  }

  function answer(source: Source): void {
    const [listening, [key]] = [port(), keys()];
    if (listening !== null && key !== undefined)
      sockets?.answer(source, (address) => packetFrom(address, listening, key, true));
  }

  function remember(id: string, { address, zone }: Source, listening: number): void {
    const addresses = heard.get(id) ?? new Map<string, number>();
    heard.set(id, addresses);
    const text = writeAddress(zone === null ? address : `${address}%${zone}`, listening);
    addresses.delete(text);
    addresses.set(text, performance.now());
    const [oldest] = addresses.keys();
    if (addresses.size > mostAddresses && oldest !== undefined) addresses.delete(oldest);
  }

  /** Nothing is open, and nothing is said, while this node belongs to no cluster. */
  function tell(): void {
    const [listening, [key]] = [port(), keys()];
    if (listening === null || key === undefined) {
      sockets?.close();
      sockets = null;
      return;
    }
    sockets ??= openSockets({
      port: discoveryPort,
      onPacket,
      onProblem: (message) =>
        log.warn(
          `UDP port ${discoveryPort} cannot be had (${message}): other machines find this one, but it does not hear them. ` +
            'They are still found at their last addresses and at those of --peer.',
        ),
    });
    sockets.tell((address) => packetFrom(address, listening, key, false));
  }

  const timer = setInterval(tell, helloMs).unref();
  tell();
  function addressesOf(id: string): string[] {
    const now = performance.now();
    const addresses = [...(heard.get(id) ?? [])].filter(([, at]) => now - at < freshMs);
    return addresses.reverse().map(([address]) => address);
  }

  return {
    addressesOf,
    heard: () => [...heard.keys()].filter((id) => addressesOf(id).length > 0),
    tell,
    close() {
      clearInterval(timer);
      sockets?.close();
      sockets = null;
    },
  };
}
