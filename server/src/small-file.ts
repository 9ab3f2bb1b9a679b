/** Reads a file that may be anything: it never waits, and never takes much. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const mostBytes = 64 * 1024;

export interface SmallFile {
  readonly text: string;
  /** Another one when the file is another one, or has changed. */
  readonly stamp: string;
}

/** 'missing': there is no such file; null: there is, and nobody can tell what it says. Never rejects. */
export async function readSmallFile(path: string): Promise<SmallFile | 'missing' | null> {
  let handle: FileHandle | undefined;
  try {
    // Not to wait for a writer, should it be a pipe. Windows has no such flag, and no such pipes.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await handle.stat();
    const { size, mtimeMs, ino } = status;
    if (!status.isFile() || size > mostBytes) return null;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), stamp: [path, size, mtimeMs, ino].join(' ') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : null;
  } finally {
    await handle?.close().catch(() => {});
  }
}
