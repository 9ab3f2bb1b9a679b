/** Downloads with small pieces and short waits, and what is needed to look at them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { Download } from '#protocol';
import type { TransferLimits } from '../../../server/src/fetching';
import { createDownloads, type FromPeer, Refused } from '../../../server/src/models/downloads';
import { until } from '../../support/until';

export const smallPieces: TransferLimits = {
  pieceBytes: 64 * 1024,
  parallel: 3,
  // On a busy machine, a server that does what it can may pause for long.
  stallMs: 60_000,
  tries: 4,
  firstWaitMs: 2,
  longestWaitMs: 3000,
};

/** A machine that is in no cluster. */
export const noPeers: FromPeer = () => Promise.reject(new Refused('There is no other machine.'));

const folders: string[] = [];
const open: { close(): Promise<void> }[] = [];

export function freshFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vramesh-models-'));
  folders.push(folder);
  const models = path.join(folder, 'models');
  mkdirSync(models);
  return models;
}

export function downloadsIn(
  folder: string,
  env: NodeJS.ProcessEnv,
  limits: Partial<TransferLimits> = {},
  fromPeer = noPeers,
) {
  const options = {
    nodeId: 'this-node',
    folder,
    env,
    log: pino({ enabled: false }),
    limits: { ...smallPieces, ...limits },
    fromPeer,
  };
  const downloads = createDownloads(options);
  open.push(downloads);
  const only = (): Download => {
    const [first, ...others] = downloads.list();
    if (!first || others.length > 0) throw new Error(`There are ${others.length} others, or none.`);
    return first;
  };
  return {
    ...downloads,
    only,
    is: (state: Download['state']) =>
      until(`a download that is ${state}`, () => only().state === state && only()),
    /** After it has ended, well or not. */
    async ends(source: string): Promise<Download> {
      const { id } = await downloads.start(source);
      return until(`the end of ${source}`, () =>
        downloads.list().find((one) => one.id === id && (one.state === 'done' || one.state === 'failed')),
      );
    },
  };
}

export async function tidy(): Promise<void> {
  await Promise.all(open.splice(0).map((downloads) => downloads.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Names in the folder, without what is unfinished. */
export const modelsOf = (folder: string) => readdirSync(folder).filter((name) => name !== '.downloads');

export function unfinishedIn(folder: string): string[] {
  try {
    return readdirSync(path.join(folder, '.downloads'));
  } catch {
    return [];
  }
}

export const contentOf = (folder: string, name: string) => readFileSync(path.join(folder, name));
