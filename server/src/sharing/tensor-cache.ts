/**
 * Tensors that other machines have sent to this one, kept as files so that the next load of the same model is short:
 * llama.cpp writes and reads them, here they are kept within bounds. Oldest out.
 */
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

const GIB = 2 ** 30;
export interface CacheLimits {
  /** Bytes that the cache may take of a disk. */
  readonly mostBytes: number;
  /** Bytes that it always leaves. */
  readonly leaveFree: number;
}

const usual: CacheLimits = { mostBytes: 64 * GIB, leaveFree: 10 * GIB };

/**
 * Makes the folder, and removes what is too much.
 * @param inUse a shard server may be reading: then nothing is removed.
 * @returns bytes that may be added
 */
export async function pruneTensorCache(
  folder: string,
  inUse: boolean,
  { mostBytes, leaveFree } = usual,
): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = await filesIn(folder);
  const { bavail, bsize } = await statfs(folder);
  const taken = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const allowed = Math.max(0, Math.min(mostBytes, taken + bavail * bsize - leaveFree));
  let left = taken;
  for (const { path, bytes, unfinished } of inUse ? [] : files.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (left <= allowed && !unfinished) continue;
    await rm(path, { force: true });
    left -= bytes;
  }
  return Math.max(0, allowed - left);
}

async function filesIn(folder: string) {
  const files = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile())
      files.push({
        path,
        bytes: found.size,
        usedAt: Math.max(found.atimeMs, found.mtimeMs),
        unfinished: name.endsWith('.part'),
      });
  }
  return files;
}
