/** Whether a file that has arrived is the one that was asked for. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { isGguf } from '../gguf-problem';
import type { Part } from './plan';

/** Hashed at once: well under a millisecond of the event loop. */
const chunkBytes = 512 * 1024;

/** The bytes are not the right ones: they must not be used, and there is nothing in them worth keeping. */
export class WrongBytes extends Error {}

/** Rejects with WrongBytes, in words. The file is on the disk afterwards, not only in a cache of the system. */
export async function verify(file: string, part: Part, signal: AbortSignal): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
    const { size } = await handle.stat();
    if (part.size !== null && size !== part.size) {
      throw new WrongBytes(`${part.name} has ${size} bytes where ${part.size} were promised.`);
    }
    const hash = createHash('sha256');
    const chunk = Buffer.alloc(chunkBytes);
    for (let offset = 0; ; ) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, offset);
      if (offset === 0 && !isGguf(chunk.subarray(0, bytesRead))) {
        throw new WrongBytes(`What came for ${part.name} is not a GGUF file; perhaps it is a web page.`);
      }
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      offset += bytesRead;
    }
    const found = hash.digest('hex');
    if (part.sha256 !== null && found !== part.sha256) {
      throw new WrongBytes(
        `${part.name} was damaged on its way: its SHA-256 is ${found.slice(0, 12)}…, the hub says ${part.sha256.slice(0, 12)}….`,
      );
    }
  } finally {
    await handle.close();
  }
}
