/** One archive, from its server to the disk: resumed where it was interrupted, and kept only when its hash is right. */
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  type Asking,
  freeBytes,
  hashOf,
  knock,
  openPieces,
  Refused,
  type RemoteFile,
  reasonOf,
  spaceProblem,
  type TransferLimits,
  transfer,
  WrongBytes,
} from '../fetching';
import type { Component } from './component';

/** Larger than anything that is known to be fetched: who announces more, or nothing and sends more, is not believed. */
const mostBytes = 2 ** 31;

/** What the server says of it. Rejects in words when it contradicts what was promised. */
export async function locate(
  { name, url, bytes, hash }: Component,
  asking: Asking,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const seen = await knock(url, asking, signal);
  if (seen.size === null) throw new Refused(`${url.host} does not say how large ${name} is.`);
  if (seen.size > mostBytes || (bytes !== null && seen.size !== bytes))
    throw new Refused(
      `${url.host} says that ${name} has ${seen.size} bytes, which cannot be. Nothing was fetched.`,
    );
  const sha256 = hash.algorithm === 'sha256' ? hash.digest.toString('hex') : null;
  return { ...seen, url: url.href, sha256 };
}

export interface FetchOptions {
  readonly component: Component;
  readonly file: RemoteFile;
  /** Path of the archive. */
  readonly to: string;
  readonly asking: Asking;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal;
  readonly arrived: (bytes: number) => void;
}

/** Rejects in words. What has arrived is kept, unless it is not what was promised. */
export async function fetchArchive(options: FetchOptions): Promise<void> {
  const { component, file, to, asking, limits, signal, arrived } = options;
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
  const pieces = await openPieces(to, file, limits.pieceBytes);
  try {
    arrived(pieces.bytes);
    const { client } = asking;
    await transfer({ file, pieces, client, limits, signal, arrived: () => arrived(pieces.bytes) });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(
      `${component.name}: ${reasonOf(error)} What has arrived is kept: install it again to go on.`,
    );
  } finally {
    await pieces.close();
  }
  const handle = await open(to, 'r+');
  try {
    const found = await hashOf(handle, component.hash.algorithm, signal);
    if (found.equals(component.hash.digest)) return;
  } finally {
    await handle.close();
  }
  await discardArchive(to);
  throw new WrongBytes(
    `${component.name} is not what was promised: its ${component.hash.algorithm.toUpperCase()} is another one. It was thrown away, and nothing was installed.`,
  );
}

export async function discardArchive(file: string): Promise<void> {
  for (const ending of ['', '.journal', '.journal.new']) await rm(`${file}${ending}`, { force: true });
}

/** Rejects, in words, when the disk cannot hold what is still to come and what it unpacks to. */
export async function wantSpace(bytes: number, folder: string): Promise<void> {
  const problem = spaceProblem(bytes, await freeBytes(folder));
  if (problem !== null) throw new Refused(problem);
}
