/**
 * Lends devices of this machine to the engines of others. This machine is the authority on its own memory: it promises
 * what is free, starts a shard server that can take no more, and frees everything when the connection ends.
 */
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { Logger } from 'pino';
import {
  giveBackRequest,
  type LentShard,
  type ShardAnswer,
  type ShardRequest,
  shardRequestSchema,
} from '#protocol';
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
/** Shard servers at a time: each is a process. */
const mostLoans = 16;

export interface LendingParts {
  readonly cluster: Pick<Cluster, 'onChannel' | 'handle'>;
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
  readonly id: string;
  readonly shard: LentShard;
  readonly end: () => Promise<void>;
}

export function createLending(parts: LendingParts): Lending {
  const { cluster, leases, planner, library, log } = parts;
  const loans = new Set<Loan>();
  const listeners = new Set<() => void>();
  let count = 0;
  let serving = 0;
  const changed = () => {
    for (const listener of listeners) listener();
  };

  cluster.onChannel('shard', (channel) => {
    channel.socket.on('error', () => {});
    serving += 1;
    const served = serving > mostLoans ? refuse(`it lends to ${mostLoans} engines already`) : serve(channel);
    void served
      .finally(() => serving--)
      .catch((error: Error) => {
        log.debug(`${channel.peer.name} was lent nothing: ${error.message}`);
        if (channel.socket.destroyed) return;
        writeFrame(channel.socket, { refused: error.message.slice(0, 1000) } satisfies ShardAnswer);
        channel.socket.end();
      });
  });

  cluster.handle(giveBackRequest, async ({ id }, { id: peerId }) => {
    await [...loans].find((loan) => loan.id === id && loan.shard.node_id === peerId)?.end();
    return {};
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
    const wanted = request.devices.map((entry) => ({ ...entry, device: deviceFor(entry, devices) }));
    count += 1;
    // What an owner holds already counts as free to it: two loans of one member are two owners.
    const lease = leases.grant(`loan ${count}`, wanted.map(claimOf));
    const socketPath = path.join(parts.socketFolder, `f${count}.sock`);
    const loan = {
      id: request.id,
      shard: shardOf(peer, request),
      end: async () => {},
    };
    const settling = createSettling(lease);
    let server: ShardServer;
    try {
      // Without a cache it works as well, only the next load takes as long.
      const room = await pruneTensorCache(parts.cacheFolder, loans.size > 0).catch((error: Error) => {
        log.warn(`What other machines send is not kept: ${error.message}.`);
        return 0;
      });
      server = await parts.startShardServer({
        native: library,
        devices: wanted.map(({ device, buffer_bytes }) => lentDevice(device, buffer_bytes)),
        socket: socketPath,
        cache: { folder: parts.cacheFolder, bytes: room },
        signal: gone.signal,
        onUse: (bytes) => {
          const used = bytes.reduce((sum, one) => sum + one, 0);
          settling.used(used);
          loan.shard = { ...loan.shard, used_bytes: used };
          changed();
        },
      });
    } catch (error) {
      lease.release();
      rmSync(socketPath, { force: true });
      throw error;
    }
    loan.end = async () => {
      settling.stop();
      socket.destroy();
      await server.stop();
      lease.release();
    };
    loans.add(loan);
    changed();
    log.info(`${peer.name} uses devices of this machine for ${request.model}.`);
    writeFrame(socket, { refused: null } satisfies ShardAnswer);
    join(socket, socketPath);
    const ended = server.exited.then(({ message, code, expected }) => {
      if (code !== 0 && !expected) log.warn(`What ${peer.name} used of this machine has ended: ${message}`);
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

async function refuse(why: string): Promise<never> {
  throw new Error(why);
}

/** The coordinator's bytes to the shard server, and back. */
function join(socket: Channel['socket'], socketPath: string): void {
  const local = connect(socketPath);
  // The shard server listens for nobody else: its name is of no more use.
  local.once('connect', () => rmSync(socketPath, { force: true }));
  local.on('error', () => {}).once('close', () => socket.destroy());
  socket.pipe(local);
  local.pipe(socket);
  socket.once('close', () => local.destroy());
  if (socket.destroyed) local.destroy();
}

/** A lease counts as taken when something was taken, and nothing more for a while. */
function createSettling(lease: Lease): { used(bytes: number): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    used(bytes) {
      clearTimeout(timer);
      if (bytes > 0) timer = setTimeout(() => lease.settle(), settleMs).unref();
    },
    stop: () => clearTimeout(timer),
  };
}

/** What a process costs beside llama.cpp's buffers must be asked for, too: nobody gets a process for nothing. */
function deviceFor(
  { device_id: id, total_bytes, buffer_bytes }: ShardRequest['devices'][number],
  devices: readonly Device[],
): Device {
  const device = devices.find((candidate) => candidate.id === id);
  if (device === undefined) throw new Error(`it has no device "${id}" any more`);
  if (device.obstacle !== null) throw new Error(`${device.name} cannot be used: ${device.obstacle}`);
  if (total_bytes < buffer_bytes + Math.ceil(device.overheadBytes))
    throw new Error(`${device.name} needs more than the ${total_bytes} bytes that were asked for`);
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
