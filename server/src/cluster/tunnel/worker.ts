/**
 * The coordinator's end of a tunnel, in a thread of its own: loading a model sends gigabytes through it, and the host has
 * keystrokes to answer meanwhile. TLS to the machine that lends a device, a Unix socket for the engine, and plain pipes
 * between them.
 */
import { createServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { shardAnswerSchema } from '#protocol';
import { frameLimits, openChannel, readFrame, writeFrame } from '../wire';
import type { TunnelOrder, TunnelReport } from './order';

/** ms that the other machine may take to start llama.cpp. */
const answerMs = 60_000;
/** ms between two counts of the bytes. */
const countMs = 250;

async function dig(order: TunnelOrder): Promise<void> {
  const { privateKey, certificate, peerId, addresses, request, greeting } = order;
  const identity = { privateKey, certificate: async () => certificate };
  const never = new AbortController().signal;
  const { socket: remote } = await openChannel(identity, greeting, {
    peerId,
    addresses,
    kind: 'shard',
    signal: never,
  });
  writeFrame(remote, request);
  const { refused } = await readFrame(remote, {
    schema: shardAnswerSchema,
    limit: frameLimits.hello,
    patienceMs: answerMs,
  });
  if (refused !== null) throw new Error(refused);
  if (remote.destroyed) throw new Error('it hung up');
  remote.once('close', () => end('it hung up', true));
  await waitForEngine(order.socket, remote);
  report({ type: 'open' });
}

/** One engine connects, once. */
function waitForEngine(path: string, remote: TLSSocket): Promise<void> {
  return new Promise((fulfil, reject) => {
    const server = createServer((local) => {
      server.close();
      join(local, remote);
    });
    server.once('error', reject).listen(path, fulfil);
  });
}

function join(local: Socket, remote: TLSSocket): void {
  local.on('error', () => {});
  local.once('close', () => end('the engine hung up', false));
  local.pipe(remote);
  remote.pipe(local);
  let last = -1;
  setInterval(() => {
    const { bytesRead: sent, bytesWritten: received } = local;
    if (sent + received === last) return;
    last = sent + received;
    report({ type: 'count', sent, received });
  }, countMs);
}

function report(message: TunnelReport): void {
  parentPort?.postMessage(message);
}

function end(why: string, lost: boolean): void {
  report({ type: 'closed', why, lost });
  // What was said must be on its way before the thread ends.
  setImmediate(() => process.exit(0));
}

dig(workerData as TunnelOrder).catch((error: Error) => end(error.message, true));
