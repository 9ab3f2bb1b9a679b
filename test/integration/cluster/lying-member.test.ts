/** A member is trusted, not believed: what it sends is checked, and bounded, and it only speaks for itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import {
  documentNotification,
  helloAnswerSchema,
  type Member,
  mostMembers,
  pingRequest,
  rosterNotification,
} from '#protocol';
import { frameLimits, readFrame, writeFrame } from '../../../server/src/cluster/wire';
import { until } from '../../support/until';
import { sampleDocument, sampleInstance } from '../../unit/api/sample-state';
import { cleanUp, join, seen, startNode, stopNode, type TestNode } from './support';

const document = sampleDocument();

describe('cluster: a member that lies', () => {
  let member: TestNode;
  let liar: TestNode;
  let socket: TLSSocket;
  beforeEach(async () => {
    [member, liar] = [await startNode('member'), await startNode('liar')];
    await join(member, liar);
    await until('both are connected', () => seen(member)[0] === 'liar online' || undefined);
    // From now on the test speaks in its name.
    await stopNode(liar);
    await until('it has gone', () => seen(member)[0] === 'liar gone' || undefined);
    socket = connect({
      host: '127.0.0.1',
      port: Number(member.cluster.address?.split(':').at(-1)),
      key: liar.identity.privateKey,
      cert: await liar.identity.certificate(),
      rejectUnauthorized: false,
      ALPNProtocols: ['vramesh'],
    });
    socket.on('error', () => {});
    writeFrame(socket, { protocol: { major: 1, minor: 0 }, kind: 'control', version: '0.1.0', name: 'liar' });
    const answer = { schema: helloAnswerSchema, limit: frameLimits.hello, patienceMs: 5000 };
    assert.equal((await readFrame(socket, answer)).refused, null);
    socket.resume();
  });
  afterEach(async () => {
    socket.destroy();
    await cleanUp();
  });

  function send(method: string, params: unknown, id?: number): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...(id !== undefined && { id }), method, params });
    socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** Both in one piece, as they come from two members at once. */
  function sendTwice(method: string, params: unknown): void {
    socket.cork();
    send(method, params);
    send(method, params);
    socket.uncork();
  }

  const tell = (version: number, sections: object) =>
    send(documentNotification.method, { version, sections });
  const known = () => member.cluster.nodes()[0]?.document ?? null;

  /** And nothing else has changed. */
  async function isHungUpOn(): Promise<void> {
    if (!socket.closed) await new Promise((fulfil) => socket.once('close', fulfil));
    await until('it is shown as gone', () => seen(member)[0] === 'liar gone' || undefined);
  }

  it('one that tells the truth is believed', async () => {
    tell(0, document);
    await until('its document', () => known() ?? undefined);
    tell(1, { requests: 7 });
    await until('what changed', () => known()?.requests === 7 || undefined);
    assert.deepEqual(seen(member), ['liar online']);
  });

  it('it only speaks for itself', async () => {
    tell(0, { ...document, instances: [sampleInstance({ node_id: member.identity.nodeId })] });
    const { instances } = await until('its document', () => known() ?? undefined);
    assert.deepEqual(
      instances.map(({ node_id }) => node_id),
      [liar.identity.nodeId],
    );
  });

  const nonsense: [what: string, act: () => void][] = [
    ['wrong types', () => tell(0, { ...document, requests: 'many' })],
    ['a number below zero', () => tell(0, { ...document, requests: -1 })],
    [
      'more instances than a machine can have',
      () => tell(0, { ...document, instances: Array(101).fill(sampleInstance()) }),
    ],
    ['a part of its document before the whole', () => tell(3, { requests: 1 })],
    ['addresses that are none', () => tell(0, { ...document, addresses: ['file:///etc/passwd'] })],
    ['a roster of nonsense', () => send(rosterNotification.method, { members: [{ node_id: 'x' }] })],
    [
      'keys of more removals than there were',
      () =>
        send(rosterNotification.method, {
          members: [],
          discovery: [{ epoch: Number.MAX_SAFE_INTEGER, key: '0'.repeat(64) }],
        }),
    ],
    ['a message that is too large', () => socket.write('Content-Length: 99999999\r\n\r\n')],
    ['a header without end', () => socket.write('x'.repeat(5000))],
    ['no JSON', () => socket.write('Content-Length: 3\r\n\r\n{{{')],
    [
      'questions without end',
      () => {
        for (let id = 0; id < 5000; id++) send(pingRequest.method, {}, id);
      },
    ],
  ];
  for (const [what, act] of nonsense)
    it(`${what}: it is hung up on`, async () => {
      act();
      await isHungUpOn();
      assert.equal(known(), null);
    });

  it('who hears twice that it was removed trusts nobody, neither then nor afterwards', async () => {
    const { roster } = JSON.parse(readFileSync(path.join(member.folder, 'roster.json'), 'utf8'));
    const removed = { by: liar.identity.nodeId, at: 1 };
    const members = roster.members.map((one: Member) =>
      one.node_id === member.identity.nodeId ? { ...one, removed } : one,
    );
    sendTwice(rosterNotification.method, { members });
    if (!socket.closed) await new Promise((fulfil) => socket.once('close', fulfil));
    assert.deepEqual(member.cluster.peers(), []);
  });

  /** All of them over. */
  const joinings = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      node_id: index.toString(16).padStart(64, '0'),
      tag: index.toString(16).padStart(32, '0'),
      name: 'x',
      added_by: liar.identity.nodeId,
      added_at: 0,
      removed: { by: liar.identity.nodeId, at: 0 },
    }));

  it('a roster that would grow beyond all bounds is not taken over, and nobody is forgotten', async () => {
    send(rosterNotification.method, { members: joinings(mostMembers) });
    tell(0, document);
    await until('what it said afterwards', () => known() ?? undefined);
    assert.deepEqual(seen(member), ['liar online']);
  });

  it('one that fills the roster: who would join is told why not, and it can be removed', async () => {
    send(rosterNotification.method, { members: joinings(mostMembers - 2) });
    tell(0, document);
    await until('what it said afterwards', () => known() ?? undefined);
    const late = await startNode('late');
    await assert.rejects(join(member, late), /4096 joinings.* Nothing was changed here/);
    await member.cluster.remove('liar');
    if (!socket.closed) await new Promise((fulfil) => socket.once('close', fulfil));
    assert.deepEqual([seen(member), seen(late)], [[], []]);
  });
});
