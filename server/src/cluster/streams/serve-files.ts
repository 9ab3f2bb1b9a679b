/** Sends parts of this machine's model files to other members: nothing else, and nothing that is not listed. */
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type FileAnswer, type FileRequest, fileRequestSchema } from '#protocol';
import { type Channel, frameLimits, readFrame, writeFrame } from '../wire';

const patienceMs = 5000;
/** ms without a byte taken after which whoever asked is hung up on: an open file is not kept for one who does not read. */
const stallMs = 30_000;

/** @param pathOf `null`: no model of this machine has such a file */
export async function serveFile({ socket }: Channel, pathOf: (file: string) => string | null): Promise<void> {
  try {
    const request = await readFrame(socket, {
      schema: fileRequestSchema,
      limit: frameLimits.hello,
      patienceMs,
    });
    await answer(request);
  } catch {
    // Whoever asked sees that the connection ends before the file does, and asks again.
    socket.destroy();
  }

  async function answer({ file, start, end }: FileRequest): Promise<void> {
    const path = pathOf(file);
    const handle = path === null ? null : await open(path, 'r').catch(() => null);
    if (handle === null) return refuse(`it has no ${file} any more`);
    try {
      const { size, mtimeMs } = await handle.stat();
      const last = Math.min(end ?? size - 1, size - 1);
      if (start > last) return refuse(`${file} has only ${size} bytes`);
      const found: FileAnswer = {
        found: true,
        total_bytes: size,
        start,
        end: last,
        validator: `"${size}-${mtimeMs}"`,
      };
      writeFrame(socket, found);
      await send(handle.createReadStream({ start, end: last, autoClose: false }));
    } finally {
      await handle.close();
    }
  }

  async function send(bytes: ReadStream): Promise<void> {
    const stalled = new AbortController();
    const limit = setTimeout(() => stalled.abort(), stallMs);
    bytes.on('data', () => limit.refresh());
    await pipeline(bytes, socket, { signal: stalled.signal }).finally(() => clearTimeout(limit));
  }

  function refuse(message: string): void {
    writeFrame(socket, { found: false, message } satisfies FileAnswer);
    socket.end();
  }
}
