/**
 * Takes the wanted files out of a .tar.gz or .tar.xz. Only plain files are written, below one folder; links, devices and folders of
 * the archive are never made. The archive's hash was right, and still it may fill no disk.
 */
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar';
import { XzReadableStream } from 'xz-decompress';
import { BadArchive, placeOf, type Rule } from './rules';

export interface UnpackOrder {
  readonly archive: string;
  readonly compression: 'gzip' | 'xz';
  readonly rule: Rule;
  /** Empty, or not there yet. */
  readonly into: string;
  /** That the whole archive may come to, unpacked. */
  readonly mostBytes: number;
  readonly mostFiles: number;
}

/** Rejects in words. What was written by then is the caller's to remove. */
export async function unpack(order: UnpackOrder): Promise<void> {
  await mkdir(order.into, { recursive: true });
  const source = Readable.from(bounded(order));
  let files = 0;
  const target = extract({
    cwd: order.into,
    strict: true,
    noMtime: true,
    preserveOwner: false,
    filter(path, entry) {
      files += 1;
      try {
        if (files > order.mostFiles) throw new BadArchive(`it holds more than ${order.mostFiles} files`);
        if (!('type' in entry) || !plainFiles.has(entry.type)) return false;
        const place = placeOf(path, order.rule);
        if (place === null) return false;
        Object.assign(entry, { path: place, mode: 0o644 });
        return true;
      } catch (error) {
        // Thrown from here it would be nobody's.
        source.destroy(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    },
  });
  await new Promise<void>((fulfil, reject) => {
    source.on('error', reject).pipe(target).on('error', reject).on('close', fulfil);
  });
}

const plainFiles: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);

async function* bounded({ archive, compression, mostBytes }: UnpackOrder): AsyncGenerator<Uint8Array> {
  const packed = createReadStream(archive);
  let bytes = 0;
  try {
    for await (const chunk of decompressed(packed, compression)) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new BadArchive(`it unpacks to more than ${mostBytes} bytes`);
      // The decompressor uses its buffer again.
      yield Buffer.from(chunk);
    }
  } finally {
    packed.destroy();
  }
}

function decompressed(packed: Readable, compression: UnpackOrder['compression']): AsyncIterable<Uint8Array> {
  if (compression === 'gzip') return packed.pipe(createGunzip());
  return Readable.fromWeb(new XzReadableStream(Readable.toWeb(packed)));
}
