/** Those who are not trusted: nothing is let in, and who is trusted gets in meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { helloAnswerSchema, meshVersion } from '#protocol';
import { openIdentity } from '../../../server/src/cluster';
import { frameLimits, readFrame, writeFrame } from '../../../server/src/cluster/wire';
import { until } from '../../support/until';
import { cleanUp, freshFolder, join, seen, startNode, type TestNode } from './support';

const never = new AbortController().signal;
const hello = { protocol: meshVersion, kind: 'control', version: '0.1.0', name: 'other' };

describe('cluster: attacks', () => {
  let member: TestNode;
  let other: TestNode;
  let port: number;
  beforeEach(async () => {
    [member, other] = [await startNode('member'), await startNode('other')];
    await join(member, other);
    await until('both are connected', () => seen(member)[0] === 'other online' || undefined);
    port = Number(member.cluster.address?.split(':').at(-1));
  });
  afterEach(cleanUp);

  async function as(
    node: TestNode | null,
    options: ConnectionOptions & { readonly allowHalfOpen?: boolean } = {},
  ): Promise<TLSSocket> {
    const own = node && { key: node.identity.privateKey, cert: await node.identity.certificate() };
    const socket = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      ALPNProtocols: ['vramesh'],
      ...own,
      ...options,
    });
    socket.on('error', () => {});
    return socket;
  }

  /** Nothing of the application was said before it ended. */
  async function isHungUpOn(socket: Socket): Promise<void> {
    let heard = 0;
    socket.on('data', (data: Buffer) => {
      heard += data.length;
    });
    if (!socket.closed) await new Promise((fulfil) => socket.once('close', fulfil));
    assert.equal(heard, 0);
  }

  async function answerTo(socket: TLSSocket, message: object): Promise<string | null> {
    writeFrame(socket, message);
    const { refused } = await readFrame(socket, {
      schema: helloAnswerSchema,
      limit: frameLimits.hello,
      patienceMs: 5000,
    });
    return refused;
  }

  it('without a certificate', async () => {
    const socket = await as(null);
    writeFrame(socket, hello);
    await isHungUpOn(socket);
  });

  it('with the certificate of a stranger', async () => {
    const folder = freshFolder();
    const identity = openIdentity(`${folder}/identity.pem`);
    const socket = await as({ ...other, identity });
    writeFrame(socket, hello);
    await isHungUpOn(socket);
  });

  it('with the certificate of a member that was removed', async () => {
    await member.cluster.remove('other');
    const socket = await as(other);
    writeFrame(socket, hello);
    await isHungUpOn(socket);
  });

  it('with another one’s certificate, but not its key', async () => {
    const key = openIdentity(`${freshFolder()}/identity.pem`).privateKey;
    await assert.rejects(as(other, { key }));
  });

  it('to join, while nobody is invited', async () => {
    const socket = await as(
      { ...other, identity: openIdentity(`${freshFolder()}/i.pem`) },
      { ALPNProtocols: ['vramesh-join'] },
    );
    // The one invitation of this test was used.
    writeFrame(socket, { ...hello, kind: 'join' });
    await isHungUpOn(socket);
  });

  it('with TLS 1.2', async () => {
    await isHungUpOn(await as(other, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }));
  });

  it('in plain text', async () => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket.resume(), 'close');
  });

  it('guessing secrets: after twenty wrong tries the invitation is void', async () => {
    const { line } = await member.cluster.invite();
    const stranger = { ...other, identity: openIdentity(`${freshFolder()}/identity.pem`) };
    /** Whether it was listened to. */
    const guess = async (): Promise<boolean> => {
      const socket = await as(stranger, { ALPNProtocols: ['vramesh-join'] });
      try {
        const refused = await answerTo(socket, { ...hello, kind: 'join' });
        writeFrame(socket, { proof: '00'.repeat(32), name: 'stranger', addresses: [] });
        return refused === null;
      } catch {
        return false;
      } finally {
        socket.end();
      }
    };
    let tries = 0;
    while (tries < 20) if (await guess()) tries += 1;
    await until('nobody is listened to any more', async () => !(await guess()) || undefined);
    const late = await startNode('late');
    await assert.rejects(late.cluster.join(line, never), /could not be reached/);
    assert.deepEqual(seen(member), ['other online']);
  });

  it('a member with an oversized frame, or half of one', async () => {
    const large = await as(other);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(0xffff_ffff);
    large.write(header);
    await isHungUpOn(large);
    const half = await as(other);
    half.write(Buffer.from([0, 0]));
    half.end();
    await isHungUpOn(half);
  });

  it('a member of another major version is told so; a newer minor one is welcome', async () => {
    const newer = { ...meshVersion, minor: meshVersion.minor + 7 };
    assert.match(
      (await answerTo(await as(other), { ...hello, protocol: { major: 2, minor: 0 } })) ?? '',
      /speaks version 1\.0 .* the other machine 2\.0 .* Update the older one/,
    );
    assert.match(
      (await answerTo(await as(other), { ...hello, kind: 'shell' })) ?? '',
      /no connection of the kind "shell"/,
    );
    assert.equal(
      await answerTo(await as(other), { ...hello, protocol: newer, kind: 'control', extra: 1 }),
      null,
    );
  });

  it('a member that opens more connections than anybody needs: the rest are refused, until one has ended', async () => {
    member.cluster.onChannel('completion', () => {});
    const open: TLSSocket[] = [];
    const another = async () => {
      const socket = await as(other);
      open.push(socket);
      return answerTo(socket, { ...hello, kind: 'completion' });
    };
    for (let count = 0; count < 64; count++) assert.equal(await another(), null);
    assert.match((await another()) ?? '', /64 connections/);
    open[0]?.destroy();
    await until('there is room again', async () => (await another()) === null || undefined);
    for (const socket of open) socket.destroy();
  });

  it('a member that was refused and does not hang up: its connections are ended for it', async () => {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => as(other, { allowHalfOpen: true })));
    for (const socket of sockets)
      assert.match((await answerTo(socket, { ...hello, kind: 'shell' })) ?? '', /no connection/);
    for (const socket of sockets)
      await until('nobody is there to write to', () => {
        socket.resume().write('x');
        return socket.closed || undefined;
      });
  });

  it('a thousand connections that say nothing: they are turned away, and a member still gets in', async () => {
    const idle = Array.from({ length: 1000 }, () =>
      connectTcp({ host: '127.0.0.1', port, localAddress: '127.0.0.9' }),
    );
    let open = 0;
    for (const socket of idle)
      socket
        .on('error', () => {})
        .on('connect', () => open++)
        .on('close', (hadError) => (open -= Number(!hadError)))
        .resume();
    await until('most were turned away', () => (open <= 16 ? true : undefined));
    assert.equal(await answerTo(await as(other), hello), null);
    assert.deepEqual(seen(member), ['other online']);
    for (const socket of idle) socket.destroy();
  });
});
