/** Borrows devices of other machines for a model that this one coordinates: a tunnel, and with it a lease, for each. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { giveBackRequest, type ShardRequest, type Share } from '#protocol';
import type { Cluster, Tunnel } from '../cluster';
import type { NativeLibrarySearch } from '../inference';
import type { Borrow, Borrowed, BorrowedShard } from '../instances';

/** ms that a machine may take to free the memory. */
const giveBackMs = 2000;

export interface BorrowingParts {
  readonly cluster: Pick<Cluster, 'openTunnel' | 'request'>;
  readonly library: NativeLibrarySearch;
  /** Only this user can enter it. */
  readonly socketFolder: string;
}

export function createBorrowing({ cluster, library, socketFolder }: BorrowingParts): Borrow {
  let count = 0;

  return async ({ model, shares, signal }) => {
    if ('problem' in library) throw new Error(`Layers cannot lie on other machines: ${library.problem}.`);
    const cancel = new AbortController();
    const abort = () => cancel.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const { build } = library;
    try {
      const open = runsOf(shares).map(async (run) => {
        const [{ node_id: peerId, node_name: name }] = run;
        count += 1;
        const socket = join(socketFolder, `t${count}.sock`);
        const id = randomUUID();
        const tunnel = await cluster
          .openTunnel({
            peerId,
            request: { id, ...requestFor(model, build, run) },
            socket,
            signal: cancel.signal,
          })
          .catch((error: Error) => {
            // The others are not wanted any more.
            cancel.abort(error);
            throw new Error(`${name} does not lend its devices: ${error.message}`);
          });
        return { run, id, socket, tunnel };
      });
      const settled = await Promise.allSettled(open);
      const found = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const failure = settled.find((one) => one.status === 'rejected');
      if (failure !== undefined) {
        await borrowed(found, cluster).release();
        signal.throwIfAborted();
        throw failure.reason;
      }
      return borrowed(found, cluster);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };
}

type Run = readonly [Share, ...Share[]];

/** Consecutive layers on one machine go through one tunnel. */
function runsOf(shares: readonly Share[]): Run[] {
  const runs: [Share, ...Share[]][] = [];
  for (const share of shares) {
    const last = runs.at(-1);
    if (last?.[0].node_id === share.node_id) last.push(share);
    else runs.push([share]);
  }
  return runs;
}

function requestFor(model: string, build: string, run: Run): Omit<ShardRequest, 'id'> {
  const devices = run.map(({ device_id, total_bytes, overhead_bytes }) => ({
    device_id,
    total_bytes,
    buffer_bytes: total_bytes - overhead_bytes,
  }));
  return { build, model, devices };
}

interface Found {
  readonly run: Run;
  /** Of the loan. */
  readonly id: string;
  readonly socket: string;
  readonly tunnel: Tunnel;
}

function borrowed(found: readonly Found[], cluster: BorrowingParts['cluster']): Borrowed {
  const lost = found.map(async ({ run: [{ node_name }], tunnel }) => {
    return `${node_name}, which holds some of its layers, is lost: ${await tunnel.lost}.`;
  });
  return {
    shards: found.map(({ run, socket, tunnel }): BorrowedShard => {
      const [{ node_id, node_name }] = run;
      return { nodeId: node_id, nodeName: node_name, shares: run, socket, traffic: tunnel.traffic };
    }),
    lost: Promise.race(lost),
    async release() {
      const back = found.map(async ({ run: [{ node_id }], id, tunnel }) => {
        // Whoever does not answer sees that the tunnel ends.
        await cluster.request(node_id, giveBackRequest, { id }, { limitMs: giveBackMs }).catch(() => {});
        tunnel.close();
      });
      await Promise.all(back);
    },
  };
}
