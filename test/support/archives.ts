/** Archives for tests, also such as no program would make. */
import { crc32, gzipSync } from 'node:zlib';
import { Header } from 'tar';

export interface Entry {
  readonly path: string;
  readonly content?: string | Buffer;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice';
  /** Of a link. */
  readonly to?: string;
}

export function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', to = '' }) => {
    const body = Buffer.from(content);
    const header = Buffer.alloc(512);
    new Header({ path, type, linkpath: to, size: body.length, mode: 0o755, mtime: new Date(0) }).encode(
      header,
    );
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const tarGz = (entries: readonly Entry[]) => gzipSync(tarOf(entries));
export const tarXz = (entries: readonly Entry[]) => xz(tarOf(entries));

/** A valid .xz file that compresses nothing: one block of stored LZMA2 chunks, without a checksum of the content. */
function xz(content: Buffer): Buffer {
  const flags = Buffer.from([0, 0]);
  const blockHead = Buffer.from([2, 0, 0x21, 1, 22, 0, 0, 0]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < content.length; at += 65_536) {
    const chunk = content.subarray(at, at + 65_536);
    const size = chunk.length - 1;
    chunks.push(Buffer.from([at === 0 ? 1 : 2, size >> 8, size & 255]), chunk);
  }
  const block = Buffer.concat([blockHead, sum(blockHead), ...chunks, Buffer.from([0])]);
  const index = padded(Buffer.concat([Buffer.from([0, 1]), number(block.length), number(content.length)]));
  const tail = Buffer.alloc(6);
  tail.writeUInt32LE((index.length + 4) / 4 - 1);
  return Buffer.concat([
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
    flags,
    sum(flags),
    padded(block),
    index,
    sum(index),
    sum(tail),
    tail,
    Buffer.from('YZ'),
  ]);
}

function sum(bytes: Buffer): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(crc32(bytes));
  return four;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** Seven bits a byte, the lowest first. */
function number(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
