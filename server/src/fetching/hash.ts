/** The hash of a file that has arrived. The file is on the disk afterwards, not only in a cache of the system. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Hashed at once: well under a millisecond of the event loop. */
const chunkBytes = 512 * 1024;

/** The bytes are not the right ones: they must not be used, and there is nothing in them worth keeping. */
export class WrongBytes extends Error {}

export async function hashOf(
  handle: FileHandle,
  algorithm: 'sha256' | 'sha512',
  signal: AbortSignal,
): Promise<Buffer> {
  await handle.sync();
  const hash = createHash(algorithm);
  const chunk = Buffer.alloc(chunkBytes);
  for (let offset = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, offset);
    if (bytesRead === 0) return hash.digest();
    hash.update(chunk.subarray(0, bytesRead));
    offset += bytesRead;
  }
}
