/** Puts components in their places, one after the other: fetched, checked, unpacked aside, and renamed when all of it is there. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Asking, bytesNoted, type TransferLimits } from '../fetching';
import type { Component } from './component';
import { discardArchive, fetchArchive, locate, wantSpace } from './fetch-archive';
import { unpackInThread } from './unpack';
import { BadArchive } from './unpack/rules';

export interface RuntimeProgress {
  /** What is being done, in words. */
  readonly message: string;
  /** Of everything that is to be fetched. */
  readonly percentage: number;
}

export interface InstallOptions {
  readonly components: readonly Component[];
  /** Of the runtime. */
  readonly folder: string;
  readonly asking: Asking;
  readonly limits: TransferLimits;
  /** The bundle of the unpacking thread. */
  readonly unpackerPath: string;
  readonly signal: AbortSignal;
  onProgress(progress: RuntimeProgress): void;
}

/** Of one archive, unpacked; CUDA's largest comes to less than half of it. */
const mostUnpackedBytes = 6e9;
const mostFiles = 10_000;

/** Rejects in words. Components that were finished by then stay; of the others, what has arrived. */
export async function installComponents(options: InstallOptions): Promise<void> {
  const { components, folder, asking, signal } = options;
  const arriving = path.join(folder, 'arriving');
  await mkdir(arriving, { recursive: true, mode: 0o700 });
  const files = await Promise.all(
    components.map(async (component) => {
      const file = await locate(component, asking, signal);
      return { component, file, to: path.join(arriving, component.place.replaceAll('/', '-')) };
    }),
  );
  const missing = ({ component, file, to }: (typeof files)[number]) =>
    (file.size ?? 0) - bytesNoted(to, file) + component.unpackedBytes;
  await wantSpace(sum(files.map(missing)), folder);

  const total = sum(files.map(({ file }) => file.size ?? 0));
  let before = 0;
  for (const { component, file, to } of files) {
    const tell = (what: string, bytes: number) =>
      options.onProgress({
        message: `${what} ${component.name}`,
        percentage: Math.floor((100 * (before + bytes)) / total),
      });
    await fetchArchive({ ...options, component, file, to, arrived: (bytes) => tell('fetching', bytes) });
    before += file.size ?? 0;
    tell('unpacking', 0);
    await putInPlace(options, component, to);
  }
  await rm(arriving, { recursive: true, force: true });
}

async function putInPlace(
  { folder, unpackerPath, signal }: InstallOptions,
  component: Component,
  archive: string,
): Promise<void> {
  const aside = path.join(folder, 'unpacking');
  const target = path.join(folder, component.place);
  await rm(aside, { recursive: true, force: true });
  try {
    const { compression, rule } = component;
    const limits = { mostBytes: mostUnpackedBytes, mostFiles };
    await unpackInThread(unpackerPath, { archive, compression, rule, into: aside, ...limits }, signal);
    const lacking = component.holds.find((file) => !existsSync(path.join(aside, file)));
    if (lacking !== undefined) throw new BadArchive(`it holds no ${lacking}`);
    await mkdir(path.dirname(target), { recursive: true });
    // One of another version; while it is away there is none, which is what is then seen.
    await rm(target, { recursive: true, force: true });
    await rename(aside, target);
  } catch (error) {
    signal.throwIfAborted();
    await discardArchive(archive);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${component.name} cannot be unpacked: ${reason}. It was thrown away, and not installed.`,
    );
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  await discardArchive(archive);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
