/**
 * UDP on every interface: one socket a family hears the groups, and one an address sends, so that answers come to the
 * host that has asked, also where several hosts share a machine.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import { discoveryGroups } from '#protocol';

type Family = 'IPv4' | 'IPv6';

interface Place {
  readonly interfaceName: string;
  readonly family: Family;
  readonly address: string;
  /** "192.168.1.5/24" */
  readonly cidr: string;
}

interface Sender extends Place {
  readonly socket: Socket;
}

/** Where a packet came from. */
export interface Source {
  readonly family: Family;
  /** Without the zone. */
  readonly address: string;
  /** The interface, for a link-local address. */
  readonly zone: string | null;
  readonly port: number;
}

export interface SocketsOptions {
  readonly port: number;
  onPacket(packet: Buffer, source: Source): void;
  /** Once, when the port cannot be had. */
  onProblem(message: string): void;
}

export interface Sockets {
  /** Opens and closes sockets as interfaces come and go, and tells the group on each of them. */
  tell(packetFrom: (address: string) => Buffer): void;
  answer(source: Source, packetFrom: (address: string) => Buffer): void;
  close(): void;
}

export function openSockets({ port, onPacket, onProblem }: SocketsOptions): Sockets {
  const senders = new Map<string, Sender>();
  const hearers = { IPv4: hearer('IPv4'), IPv6: hearer('IPv6') };

  function receive(socket: Socket): Socket {
    // Interfaces vanish at any moment: the next round looks again.
    socket.on('error', () => {});
    return socket.on('message', (packet, remote) => onPacket(packet, sourceOf(remote)));
  }

  function hearer(family: Family): { readonly socket: Socket; bound: boolean } {
    const socket = receive(
      createSocket({
        type: family === 'IPv4' ? 'udp4' : 'udp6',
        reuseAddr: true,
        ipv6Only: family === 'IPv6',
      }),
    );
    const it = { socket, bound: false };
    socket.once('error', ({ code, message }: Error & { code?: string }) => {
      if (!it.bound && code !== 'EAFNOSUPPORT') onProblem(message);
    });
    socket.bind(port, family === 'IPv4' ? '0.0.0.0' : '::', () => {
      it.bound = true;
      for (const place of places().values()) hearAt(place);
    });
    socket.unref();
    return it;
  }

  function reconcile(): void {
    const now = places();
    for (const [key, { socket }] of senders)
      if (!now.has(key)) {
        socket.close();
        senders.delete(key);
      }
    for (const [key, place] of now) {
      if (!senders.has(key)) senders.set(key, { ...place, socket: sender(place) });
      hearAt(place);
    }
  }

  function sender({ family, address, interfaceName }: Place): Socket {
    const socket = receive(createSocket(family === 'IPv4' ? 'udp4' : 'udp6'));
    const zoned = family === 'IPv6' ? `${address}%${zoneOf(interfaceName)}` : address;
    socket.bind(0, zoned, () => {
      attempt(() =>
        socket.setMulticastInterface(family === 'IPv6' ? `::%${zoneOf(interfaceName)}` : address),
      );
      attempt(() => socket.setMulticastTTL(1));
    });
    socket.unref();
    return socket;
  }

  /** Again in each round: an interface that was down forgets. Whoever is in the group already stays there. */
  function hearAt({ family, address, interfaceName }: Place): void {
    const { socket, bound } = hearers[family];
    const where = family === 'IPv6' ? `::%${zoneOf(interfaceName)}` : address;
    if (bound) attempt(() => socket.addMembership(discoveryGroups[family], where));
  }

  return {
    tell(packetFrom) {
      reconcile();
      for (const { socket, family, address } of senders.values())
        attempt(() => socket.send(packetFrom(address), port, discoveryGroups[family], () => {}));
    },
    answer(source, packetFrom) {
      const sender = [...senders.values()].find((candidate) => isNear(candidate, source));
      if (sender === undefined) return;
      const to = source.zone === null ? source.address : `${source.address}%${source.zone}`;
      attempt(() => sender.socket.send(packetFrom(sender.address), source.port, to, () => {}));
    },
    close() {
      for (const { socket } of [...senders.values(), hearers.IPv4, hearers.IPv6])
        attempt(() => socket.close());
    },
  };
}

/** IPv4: every address; IPv6: the link-local one of each interface, which is always there. */
function places(): Map<string, Place> {
  const all = Object.entries(networkInterfaces()).flatMap(([interfaceName, infos]) =>
    (infos ?? []).map((info) => ({ interfaceName, ...info })),
  );
  const outside = all.filter(({ internal }) => !internal);
  // A machine without a network still has itself: several hosts on it may form a cluster.
  const found = (outside.length > 0 ? outside : all)
    .filter(({ family, address }) => family === 'IPv4' || /^fe80:/i.test(address))
    .map(({ interfaceName, family, address, cidr }) => ({
      interfaceName,
      family,
      address,
      cidr: cidr ?? `${address}/${family === 'IPv4' ? 32 : 128}`,
    }));
  return new Map(found.map((place) => [`${place.interfaceName} ${place.address}`, place]));
}

function isNear({ family, interfaceName, cidr }: Place, source: Source): boolean {
  if (family !== source.family) return false;
  if (source.zone !== null) return zoneOf(interfaceName) === source.zone;
  const [address = '', bits] = cidr.split('/');
  const subnet = new BlockList();
  subnet.addSubnet(address, Number(bits), family === 'IPv4' ? 'ipv4' : 'ipv6');
  return subnet.check(source.address, family === 'IPv4' ? 'ipv4' : 'ipv6');
}

function sourceOf({ address, family, port }: RemoteInfo): Source {
  const [plain = address, zone = null] = address.split('%');
  return { family, address: plain, zone, port };
}

/** Windows names zones by number. */
function zoneOf(interfaceName: string): string {
  if (process.platform !== 'win32') return interfaceName;
  const link = networkInterfaces()[interfaceName]?.find(({ family }) => family === 'IPv6');
  return String(link?.family === 'IPv6' ? link.scopeid : 0);
}

/** What fails here fails for the state of an interface, and is tried again in the next round. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {}
}
