/** One download: what there is to fetch, how far it is, and the way from the server to the models folder. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Download } from '#protocol';
import {
  bytesNoted,
  Changed,
  createSpeed,
  freeBytes,
  isSame,
  openPieces,
  Refused,
  reasonOf,
  spaceProblem,
  type TransferLimits,
  transfer,
  WrongBytes,
} from '../../fetching';
import { fileStat } from '../gguf-folder';
import { type HubAsking, type Part, planOf } from './plan';
import { publish } from './publish';
import { type DownloadRecord, writeRecord } from './record';
import { verify } from './verify';

/** The file may change on the server so often while it is being fetched. */
const mostRestarts = 3;
const changedWords =
  'The file changed on the server, or nothing shows that it did not: it is fetched from the beginning.';
/** While a file of unknown size arrives, the disk is looked at after so many bytes. */
const spaceEveryBytes = 64 * 1024 ** 2;

export interface OneDownload {
  /** Name of the model's first file. */
  readonly id: string;
  readonly record: DownloadRecord;
  state: Download['state'];
  /** What it will still bring; 0 where the size is unknown. */
  readonly missingBytes: number;
  readonly isActive: boolean;
  /**
   * Asks the server again what there is to fetch, and keeps of what has arrived what still belongs to it. Rejects in
   * words, and leaves everything as it was.
   */
  planAnew(signal: AbortSignal): Promise<void>;
  /** Until it is done, has failed, or is stopped by the signal, which leaves it paused. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Notes on the disk where it stands. */
  save(): Promise<void>;
  /** Removes what arrived. */
  discard(): Promise<void>;
  shown(): Download;
}

export interface Surroundings {
  /** Of this node. */
  readonly nodeId: string;
  /** Of the models. */
  readonly folder: string;
  /** Of this download's own files. */
  readonly unfinished: string;
  readonly limits: TransferLimits;
  readonly log: Logger;
  readonly asking: () => HubAsking;
  /** Rejects, in words, when the disk cannot hold what this and the other downloads still bring. */
  readonly wantSpace: (one: OneDownload) => Promise<void>;
  readonly changed: () => void;
}

export function createDownload(id: string, record: DownloadRecord, around: Surroundings): OneDownload {
  const { nodeId, folder, unfinished, limits, log, asking, changed } = around;
  const speed = createSpeed();
  /** On the disk, of each part. */
  let bytes = bytesOnDisk();

  const one: OneDownload = {
    id,
    record,
    state: record.state === 'failed' ? 'failed' : 'paused',
    get missingBytes() {
      return Math.max(0, (total() ?? 0) - sum(bytes));
    },
    get isActive() {
      return one.state === 'waiting' || one.state === 'downloading' || one.state === 'verifying';
    },
    planAnew,
    run,
    save: () => writeRecord(unfinished, record),
    discard: () => rm(unfinished, { recursive: true, force: true }),
    shown,
  };
  return one;

  function partial(part: Part): string {
    return join(unfinished, `${part.name}.part`);
  }

  /** Here, or already under its name. */
  function isThere(part: Part): boolean {
    return fileStat(partial(part)) !== null || fileStat(join(folder, part.name)) !== null;
  }

  function bytesOnDisk(): number[] {
    return record.parts.map(({ part, verified }) =>
      verified ? (part.size ?? 0) : bytesNoted(partial(part), part),
    );
  }

  function total(): number | null {
    const sizes = record.parts.flatMap(({ part }) => part.size ?? []);
    return sizes.length === record.parts.length ? sum(sizes) : null;
  }

  async function planAnew(signal: AbortSignal): Promise<void> {
    const parts = await planOf(record.source, asking(), signal);
    if (parts[0]?.name !== id) {
      throw new Error('The source means another model by now. Cancel this download, and start a new one.');
    }
    const before = record.parts;
    const hadBytes = sum(bytes) > 0;
    const isAsBefore = (part: Part, index: number) => isSame(part, before[index]?.part);
    record.parts = parts.map((part, index) => ({
      part,
      verified: before[index]?.verified === true && isAsBefore(part, index) && isThere(part),
    }));
    bytes = bytesOnDisk();
    try {
      await around.wantSpace(one);
    } catch (error) {
      record.parts = before;
      bytes = bytesOnDisk();
      throw error;
    }
    const startsOver = hadBytes && !parts.every(isAsBefore);
    record.error = startsOver ? changedWords : null;
    if (record.error) log.warn(`${id}: ${record.error}`);
  }

  async function run(signal: AbortSignal): Promise<void> {
    log.info(`Fetching ${id} from ${record.source}`);
    try {
      await one.save();
      await fetchAll(signal);
      // The first part last: it is what makes the model whole.
      for (const { part } of record.parts.toReversed()) await publish(partial(part), join(folder, part.name));
      await one.discard();
      one.state = 'done';
      record.error = null;
      log.info(`${id} has arrived`);
    } catch (error) {
      // At the end of the host its record goes on saying "running".
      if (signal.aborted) one.state = 'paused';
      else await fail(error);
    }
  }

  async function fail(error: unknown): Promise<void> {
    one.state = 'failed';
    Object.assign(record, { state: 'failed', error: wordsOf(error) });
    log.warn(`${id} could not be fetched: ${record.error}`);
    await one.save().catch((cause: Error) => log.warn(cause, 'The failure could not be noted'));
  }

  async function fetchAll(signal: AbortSignal): Promise<void> {
    for (let restarts = 0; ; restarts++) {
      try {
        for (const index of record.parts.keys()) await fetchPart(index, signal);
        return;
      } catch (error) {
        if (!(error instanceof Changed) || restarts === mostRestarts) throw error;
        await planAnew(signal);
        await one.save();
      }
    }
  }

  async function fetchPart(index: number, signal: AbortSignal): Promise<void> {
    const progress = record.parts[index];
    if (!progress || progress.verified) return;
    const { part } = progress;
    one.state = 'downloading';
    const pieces = await openPieces(partial(part), part, limits.pieceBytes);
    let lookedAt = 0;
    const arrived = async () => {
      bytes[index] = pieces.bytes;
      speed.note(sum(bytes), Date.now());
      changed();
      if (part.size !== null || pieces.bytes - lookedAt < spaceEveryBytes) return;
      lookedAt = pieces.bytes;
      await haveRoom(unfinished);
    };
    try {
      await arrived();
      await transfer({ file: part, pieces, client: asking().client, limits, signal, arrived });
    } finally {
      await pieces.close();
    }
    one.state = 'verifying';
    changed();
    try {
      await verify(partial(part), part, signal);
    } catch (error) {
      if (error instanceof WrongBytes) {
        bytes[index] = 0;
        await Promise.all(['', '.journal'].map((ending) => rm(`${partial(part)}${ending}`, { force: true })));
      }
      throw error;
    }
    progress.verified = true;
    await one.save();
  }

  function shown(): Download {
    const [size, there] = [total(), sum(bytes)];
    const perSecond = one.state === 'downloading' ? speed.at(Date.now()) : null;
    return {
      id,
      node_id: nodeId,
      source: record.source,
      name: id,
      state: one.state,
      bytes: there,
      total_bytes: size,
      bytes_per_second: perSecond,
      seconds_left: size !== null && perSecond ? (size - there) / perSecond : null,
      error: record.error,
      model_id: one.state === 'done' ? join(folder, id) : null,
    };
  }
}

async function haveRoom(folder: string): Promise<void> {
  const problem = spaceProblem(0, await freeBytes(folder));
  if (problem) throw new Refused(problem);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}

/** What happened, what was kept, what to do. */
function wordsOf(error: unknown): string {
  if (error instanceof WrongBytes) return `${error.message} It was thrown away; start the download again.`;
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? 'The disk is full.' : reasonOf(error);
  return `${reason} What arrived is kept: start the download again to go on.`;
}
