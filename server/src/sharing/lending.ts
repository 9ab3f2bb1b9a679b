/**
 * Lends devices of this machine to the engines of others. This machine is the authority on its own memory: it promises
 * what is free, starts a shard server that can take no more, and frees everything when the connection ends.
 */
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type LentShard, type ShardAnswer, type ShardRequest, shardRequestSchema } from '#protocol';
import { type Channel, type Cluster, frameLimits, readFrame, writeFrame } from '../cluster';
import type { LentDevice, NativeLibrarySearch, ShardServer, ShardServerOptions } from '../inference';
import type { Claim, Lease, Leases } from '../instances';
import type { Device } from '../placement';
import type { HostPlanner } from '../planner';
import { pruneTensorCache } from './tensor-cache';

/** ms for the request, once the connection is open. */
const patienceMs = 5000;
/** ms without growth after which all memory is taken for taken: then the device's own reading tells of it. */
const settleMs = 5000;

export interface LendingParts {
  readonly cluster: Pick<Cluster, 'onChannel'>;
  readonly leases: Leases;
  readonly planner: Pick<HostPlanner, 'thisNode'>;
  readonly library: NativeLibrarySearch;
  startShardServer(
    options: Pick<ShardServerOptions, 'native' | 'devices' | 'socket' | 'cache' | 'signal' | 'onUse'>,
  ): Promise<ShardServer>;
  /** Only this user can enter it. */
  readonly socketFolder: string;
  /** Of tensors that were sent before. */
  readonly cacheFolder: string;
  readonly log: Logger;
}

export interface Lending {
  /** What is lent now. */
  list(): LentShard[];
  onChange(listener: () => void): () => void;
  /** Resolves when all of it is free. */
  close(): Promise<void>;
}

interface Loan {
  readonly shard: LentShard;
  readonly end: () => Promise<void>;
}

export function createLending(parts: LendingParts): Lending {
  const { cluster, leases, planner, library, log } = parts;
  const loans = new Set<Loan>();
  const listeners = new Set<() => void>();
  let count = 0;
  const changed = () => {
    for (const listener of listeners) listener();
  };

  cluster.onChannel('shard', (channel) => {
    channel.socket.on('error', () => {});
    void serve(channel).catch((error: Error) => {
      log.debug(`${channel.peer.name} was lent nothing: ${error.message}`);
      if (channel.socket.destroyed) return;
      writeFrame(channel.socket, { refused: error.message.slice(0, 1000) } satisfies ShardAnswer);
      channel.socket.end();
    });
  });

  async function serve({ socket, peer }: Channel): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort(new Error('it hung up')));
    const request = await readFrame(socket, {
      schema: shardRequestSchema,
      limit: frameLimits.hello,
      patienceMs,
    });
    if ('problem' in library) throw new Error(library.problem);
    if (library.build !== request.build)
      throw new Error(
        'both machines must run the same release of VRAMesh, and this one has another. Update the older one.',
      );
    const { devices } = await planner.thisNode(null);
    const wanted = request.devices.map((entry) => ({ ...entry, device: deviceOf(devices, entry.device_id) }));
    const lease = leases.grant(`lent to ${peer.id}`, wanted.map(claimOf));
    lease.begin();
    const settling = setTimeout(() => lease.settle(), settleMs).unref();
    count += 1;
    const path = join(parts.socketFolder, `f${count}.sock`);
    const loan: { shard: LentShard; end: () => Promise<void> } = {
      shard: shardOf(peer, request),
      end: async () => {},
    };
    let server: ShardServer;
    try {
      const room = await pruneTensorCache(parts.cacheFolder, loans.size > 0);
      server = await parts.startShardServer({
        native: library,
        devices: wanted.map(({ device, buffer_bytes }) => lentDevice(device, buffer_bytes)),
        socket: path,
        cache: { folder: parts.cacheFolder, bytes: room },
        signal: gone.signal,
        onUse: (bytes) => {
          settling.refresh();
          loan.shard = { ...loan.shard, used_bytes: bytes.reduce((sum, one) => sum + one, 0) };
          changed();
        },
      });
    } catch (error) {
      clearTimeout(settling);
      lease.release();
      rmSync(path, { force: true });
      throw error;
    }
    loan.end = () => endOf({ socket, server, lease, settling });
    loans.add(loan);
    changed();
    log.info(`${peer.name} uses devices of this machine for ${request.model}.`);
    writeFrame(socket, { refused: null } satisfies ShardAnswer);
    const local = connect(path);
    // The shard server listens for nobody else: its name is of no more use.
    local.once('connect', () => rmSync(path, { force: true }));
    local.on('error', () => {}).once('close', () => socket.destroy());
    socket.pipe(local);
    local.pipe(socket);
    if (socket.destroyed) local.destroy();
    socket.once('close', () => local.destroy());
    const ended = server.exited.then(({ message, code }) => {
      if (code !== 0) log.warn(`What ${peer.name} used of this machine has ended: ${message}`);
      socket.destroy();
    });
    await Promise.race([ended, new Promise((fulfil) => socket.once('close', fulfil))]);
    await loan.end();
    loans.delete(loan);
    log.info(`${peer.name} gave back what it used for ${request.model}.`);
    changed();
  }

  return {
    list: () => [...loans].map(({ shard }) => shard),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await Promise.all([...loans].map((loan) => loan.end()));
    },
  };
}

async function endOf({
  socket,
  server,
  lease,
  settling,
}: {
  socket: Channel['socket'];
  server: ShardServer;
  lease: Lease;
  settling: NodeJS.Timeout;
}): Promise<void> {
  clearTimeout(settling);
  socket.destroy();
  await server.stop();
  lease.release();
}

function deviceOf(devices: readonly Device[], id: string): Device {
  const device = devices.find((candidate) => candidate.id === id);
  if (device === undefined) throw new Error(`it has no device "${id}" any more`);
  if (device.obstacle !== null) throw new Error(`${device.name} cannot be used: ${device.obstacle}`);
  return device;
}

function claimOf({ device, total_bytes }: { device: Device; total_bytes: number }): Claim {
  return { deviceId: device.id, deviceName: device.name, bytes: total_bytes, mappedBytes: 0 };
}

function lentDevice({ id, index }: Device, bytes: number): LentDevice {
  return { gpu: index === null ? null : { index, uuid: id.startsWith('GPU-') ? id : null }, bytes };
}

function shardOf(peer: Channel['peer'], { model, devices }: ShardRequest): LentShard {
  return {
    node_id: peer.id,
    node_name: peer.name,
    model,
    devices: devices.map(({ device_id, total_bytes }) => ({ device_id, bytes: total_bytes })),
    used_bytes: null,
  };
}
