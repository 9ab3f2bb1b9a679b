/** Whether a file that has arrived is the model that was asked for. */
import { open } from 'node:fs/promises';
import { hashOf, WrongBytes } from '../../fetching';
import { isGguf } from '../gguf-problem';
import type { Part } from './plan';

const headBytes = 64;

/** Rejects with WrongBytes, in words. The file is on the disk afterwards, not only in a cache of the system. */
export async function verify(file: string, part: Part, signal: AbortSignal): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    if (part.size !== null && size !== part.size) {
      throw new WrongBytes(`${part.name} has ${size} bytes where ${part.size} were promised.`);
    }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    if (!isGguf(buffer.subarray(0, bytesRead))) {
      throw new WrongBytes(`What came for ${part.name} is not a GGUF file; perhaps it is a web page.`);
    }
    const found = (await hashOf(handle, 'sha256', signal)).toString('hex');
    if (part.sha256 !== null && found !== part.sha256) {
      throw new WrongBytes(
        `${part.name} was damaged on its way: its SHA-256 is ${found.slice(0, 12)}…, the hub says ${part.sha256.slice(0, 12)}….`,
      );
    }
  } finally {
    await handle.close();
  }
}
