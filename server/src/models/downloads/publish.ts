/** A checked file gets its name. An existing file is never replaced. */
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileStat } from '../gguf-folder';

/** Rejects, in words, when there is a file of that name. May be called again after a crash in its middle. */
export async function publish(partial: string, final: string): Promise<void> {
  const from = fileStat(partial);
  const there = fileStat(final);
  // A crash came between the two steps below, or after them.
  const isDone = there !== null && (from === null || (from.ino === there.ino && from.dev === there.dev));
  if (!isDone) await giveName(partial, final);
  await rm(partial, { force: true });
  await syncFolder(dirname(final));
}

async function giveName(partial: string, final: string): Promise<void> {
  try {
    // Unlike a rename, a link fails when the name is taken.
    await link(partial, final);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || fileStat(final)) {
      throw new Error(
        `There is another ${final} by now. It was not touched, and the download is kept. Move one of them away, and start the download again.`,
      );
    }
    // A file system without hard links.
    await rename(partial, final);
  }
}

/** So that the name survives a power cut. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
