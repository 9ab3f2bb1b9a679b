/** Joining, knowing each other, leaving and being removed: what the user sees of the others. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { peerUnplaceRequest } from '#protocol';
import { readInvitation, writeInvitation } from '../../../server/src/cluster/joining';
import { until } from '../../support/until';
import { cleanUp, join, seen, startNode, stopNode, type TestNode } from './support';

const never = new AbortController().signal;

const sees = (node: TestNode, ...others: string[]) =>
  until(`${node.name} sees ${others.join(', ') || 'nobody'}`, () =>
    JSON.stringify(seen(node)) === JSON.stringify(others) ? true : undefined,
  );

describe('cluster: joining', () => {
  afterEach(cleanUp);

  it('listens to nobody before somebody was invited or has joined', async () => {
    const node = await startNode('alone');
    assert.equal(node.cluster.address, null);
    assert.deepEqual(node.cluster.peers(), []);
  });

  it('one line makes two machines trust each other, also after both were restarted', async () => {
    const [a, b] = [await startNode('a'), await startNode('b')];
    await join(a, b);
    await sees(a, 'b online');
    await sees(b, 'a online');
    await Promise.all([stopNode(a), stopNode(b)]);
    const [c, d] = [await startNode('a', a), await startNode('b', b)];
    assert.equal(c.identity.nodeId, a.identity.nodeId);
    await sees(c, 'b online');
    await sees(d, 'a online');
  });

  it('keeps key and roster from other users', async () => {
    const [a, b] = [await startNode('a'), await startNode('b')];
    await join(a, b);
    for (const file of ['identity.pem', 'roster.json'])
      assert.equal(statSync(path.join(a.folder, file)).mode & 0o077, 0, file);
  });

  it('a third machine is known to all, whoever has invited it', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
    await join(a, b);
    await join(b, c);
    await sees(a, 'b online', 'c online');
    await sees(c, 'a online', 'b online');
  });

  it('an invitation is good for one machine', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
    const { line } = await a.cluster.invite();
    await b.cluster.join(line, never);
    // Another one is open meanwhile: still this line is used up.
    await a.cluster.invite();
    await assert.rejects(c.cluster.join(line, never), /used, is older than ten minutes/);
    assert.deepEqual(c.cluster.peers(), []);
  });

  it('without an open invitation nobody is even listened to', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
    const { line } = await a.cluster.invite();
    await b.cluster.join(line, never);
    await assert.rejects(c.cluster.join(line, never), /could not be reached/);
  });

  it('a machine that only says it is the inviter is found out', async () => {
    const [a, b, mallory] = [await startNode('a'), await startNode('b'), await startNode('mallory')];
    const invitation = readInvitation((await a.cluster.invite()).line);
    const { addresses } = readInvitation((await mallory.cluster.invite()).line);
    const forged = writeInvitation({ ...invitation, addresses });
    await assert.rejects(b.cluster.join(forged, never), /another machine answers there/);
  });

  it('tries every address of an invitation', async () => {
    const [a, b] = [await startNode('a'), await startNode('b')];
    const invitation = readInvitation((await a.cluster.invite()).line);
    // Nobody there; nothing that answers (a network for documentation); no such name.
    const dead = ['127.0.0.1:1', '192.0.2.1:52414', 'no-such-host.invalid:52414'];
    const line = writeInvitation({ ...invitation, addresses: [...dead, ...invitation.addresses] });
    await b.cluster.join(line, never);
    await sees(b, 'a online');
    const nowhere = writeInvitation({ ...invitation, addresses: ['127.0.0.1:1', '127.0.0.1:2'] });
    await assert.rejects(
      (await startNode('c')).cluster.join(nowhere, never),
      /127\.0\.0\.1:1: nobody listens there; 127\.0\.0\.1:2: nobody listens there/,
    );
  });

  it('refuses what is no invitation, its own, and one of another cluster, and changes nothing', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
    await assert.rejects(a.cluster.join('hello', never), /no invitation/);
    await assert.rejects(a.cluster.join('vramesh:eyJ4Ijox', never), /damaged/);
    const own = await a.cluster.invite();
    await assert.rejects(a.cluster.join(own.line, never), /Use it on the other one/);
    await join(a, b);
    const other = await c.cluster.invite();
    await assert.rejects(b.cluster.join(other.line, never), /another cluster.*peers leave/);
    await sees(b, 'a online');
  });

  it('a removed machine is gone at once, everywhere, and knows it', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
    await join(a, b);
    await join(a, c);
    await sees(b, 'a online', 'c online');
    await sees(a, 'b online', 'c online');
    assert.deepEqual(await a.cluster.remove('c'), { removed: 'c', told: 1 });
    await sees(a, 'b online');
    await sees(b, 'a online');
    await sees(c);
    await assert.rejects(
      c.cluster.request(a.identity.nodeId, peerUnplaceRequest, { instance_id: 'x' }, { limitMs: 1000 }),
      /not connected/,
    );
  });

  it('who was away learns of a removal at the first contact', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
    await join(a, b);
    await join(a, c);
    await sees(b, 'a online', 'c online');
    await stopNode(b);
    await a.cluster.remove('c');
    const again = await startNode('b', b);
    await sees(again, 'a online');
  });

  it('who was removed may be invited again', async () => {
    const [a, b] = [await startNode('a'), await startNode('b')];
    await join(a, b);
    await sees(a, 'b online');
    await a.cluster.remove('b');
    await sees(b);
    await join(a, b);
    await sees(a, 'b online');
    await sees(b, 'a online');
  });

  it('leaving tells the others', async () => {
    const [a, b] = [await startNode('a'), await startNode('b')];
    await join(a, b);
    await sees(a, 'b online');
    await b.cluster.leave();
    await sees(a);
    await sees(b);
    await assert.rejects(b.cluster.leave(), /in no cluster/);
  });

  it('a name that several have, or nobody, is not guessed', async () => {
    const [a, b, c] = [await startNode('a'), await startNode('twin'), await startNode('twin')];
    await join(a, b);
    await join(a, c);
    await assert.rejects(a.cluster.remove('twin'), /Several machines are called "twin"/);
    await assert.rejects(a.cluster.remove('nobody'), /no machine "nobody"/);
    await a.cluster.remove(b.identity.nodeId.slice(0, 12));
    await sees(a, 'twin online');
  });
});
