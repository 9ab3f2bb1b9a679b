/** Members find each other by UDP, at addresses that nobody has told them; strangers get no answer. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { discoveryGroups, discoveryPort } from '#protocol';
import { packetBytes } from '../../../server/src/cluster/discovery/packet';
import { until } from '../../support/until';
import { cleanUp, join, seen, startNode, stopNode, type TestNode } from './support';

const sees = (node: TestNode, other: string) =>
  until(`${node.name} sees ${other}`, () => seen(node).includes(other) || undefined);

/** So that only discovery can find the others. */
function forgetAddresses({ folder }: TestNode): void {
  const file = path.join(folder, 'roster.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), addresses: {} }));
}

async function twoStrangersToEachOthersAddress(): Promise<[TestNode, TestNode]> {
  const [a, b] = [await startNode('a'), await startNode('b')];
  await join(a, b);
  await Promise.all([stopNode(a), stopNode(b)]);
  forgetAddresses(a);
  forgetAddresses(b);
  return [a, b];
}

describe('cluster: discovery', () => {
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await cleanUp();
  });

  it('finds a member at a port that nobody has told', async () => {
    const [a, b] = await twoStrangersToEachOthersAddress();
    const c = await startNode('a', a, { discovery: true, port: 0 });
    const d = await startNode('b', b, { discovery: true, port: 0 });
    await sees(c, 'b online');
    await sees(d, 'a online');
  });

  it('thirty that start at once find each other', async () => {
    const [first, ...others] = await Promise.all(
      Array.from({ length: 30 }, (_, index) => startNode(`n${index}`)),
    );
    assert.ok(first);
    for (const other of others) await join(first, other);
    const all = [first, ...others];
    await Promise.all(all.map(stopNode));
    all.forEach(forgetAddresses);
    const again = await Promise.all(
      all.map((node) => startNode(node.name, node, { discovery: true, port: 0 })),
    );
    for (const node of again)
      await until(
        `${node.name} sees all`,
        () => seen(node).every((text) => text.endsWith(' online')) || undefined,
      );
  });

  it('where it is switched off, nobody is found', async () => {
    const [a, b] = await twoStrangersToEachOthersAddress();
    const c = await startNode('a', a, { port: 0 });
    const d = await startNode('b', b, { discovery: true, port: 0 });
    const ear = await listenToGroup();
    await heard(ear, 3);
    assert.deepEqual([...seen(c), ...seen(d)], ['b gone', 'a gone']);
  });

  it('says nothing before somebody was invited, and nothing any more after leaving', async () => {
    const node = await startNode('a', undefined, { discovery: true });
    const ear = await listenToGroup();
    await node.cluster.invite();
    await heard(ear, 1);
    await node.cluster.leave();
    const before = ear.packets.length;
    const other = await startNode('b', undefined, { discovery: true });
    await other.cluster.invite();
    // The other one is heard: what comes from the port of the first would be heard as well.
    await heard(ear, before + 3);
    const sources = new Set(ear.packets.slice(before).map(({ port }) => port));
    assert.equal(
      [...sources].filter((port) => ear.packets.slice(0, before).some((packet) => packet.port === port))
        .length,
      0,
    );
  });

  it('a stranger who replays or forges gets no answer', async () => {
    const node = await startNode('a', undefined, { discovery: true });
    await node.cluster.invite();
    const ear = await listenToGroup();
    const packet = await heard(ear, 1);
    const stranger = createSocket('udp4');
    sockets.push(stranger);
    let answers = 0;
    stranger.on('message', () => {
      answers += 1;
    });
    stranger.bind(0);
    await once(stranger, 'listening');
    for (let round = 0; round < 50; round++)
      for (const bytes of [packet, randomBytes(packetBytes), randomBytes(20_000)])
        stranger.send(bytes, discoveryPort, discoveryGroups.IPv4, () => {});
    await heard(ear, ear.packets.length + 3);
    assert.equal(answers, 0);
    assert.deepEqual(seen(node), []);
  });

  it('after a flood of packets members are still found', async () => {
    const [a, b] = await twoStrangersToEachOthersAddress();
    const c = await startNode('a', a, { discovery: true, port: 0 });
    const flood = createSocket('udp4');
    sockets.push(flood);
    for (let count = 0; count < 20_000; count++)
      await new Promise<void>((sent) =>
        flood.send(randomBytes(packetBytes), discoveryPort, discoveryGroups.IPv4, () => sent()),
      );
    const d = await startNode('b', b, { discovery: true, port: 0 });
    await sees(c, 'b online');
    await sees(d, 'a online');
  });

  interface Ear {
    readonly packets: { readonly bytes: Buffer; readonly port: number }[];
  }

  /** Hears only what has the size of our packets. */
  async function listenToGroup(): Promise<Ear> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    sockets.push(socket);
    const ear: Ear = { packets: [] };
    socket.on('message', (bytes, { port }) => {
      if (bytes.length === packetBytes) ear.packets.push({ bytes, port });
    });
    socket.bind(discoveryPort);
    await once(socket, 'listening');
    socket.addMembership(discoveryGroups.IPv4);
    return ear;
  }

  const heard = (ear: Ear, count: number): Promise<Buffer> =>
    until(`${count} packets`, () => ear.packets[count - 1]?.bytes);
});
