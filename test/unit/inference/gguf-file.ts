/** Writes GGUF files by hand, good and bad. */
import { writeFileSync } from 'node:fs';

type Value =
  | { readonly type: 'u32' | 'i32' | 'u64' | 'f32' | 'f64'; readonly value: number | bigint }
  | { readonly type: 'string'; readonly value: string }
  /** bytes as they stand: the type's number, then whatever */
  | { readonly type: 'raw'; readonly value: Buffer };

export interface GgufFile {
  readonly metadata: Readonly<Record<string, Value>>;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly (number | bigint)[] }[];
  /** Bytes of data after the header. */
  readonly data: number;
}

/** A file that is in order as far as its header goes: two blocks of nothing. */
export const plainFile: GgufFile = {
  metadata: {
    'general.architecture': string('llama'),
    'llama.block_count': u32(2),
    'llama.context_length': u32(2048),
    'llama.embedding_length': u32(64),
    'llama.attention.head_count': u32(4),
    'llama.feed_forward_length': u32(128),
    'llama.attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-5 },
  },
  tensors: [
    { name: 'token_embd.weight', shape: [64, 16] },
    { name: 'blk.0.attn_norm.weight', shape: [64] },
    { name: 'blk.1.attn_norm.weight', shape: [64] },
  ],
  data: 64 * 16 * 4 + 2 * 64 * 4,
};

export function u32(value: number): Value {
  return { type: 'u32', value };
}
export function i32(value: number): Value {
  return { type: 'i32', value };
}
export function u64(value: bigint): Value {
  return { type: 'u64', value };
}
export function f64(value: number): Value {
  return { type: 'f64', value };
}
export function string(value: string): Value {
  return { type: 'string', value };
}
/** An array that says it has so many elements, and ends there. */
export function arrayOf(elementType: number, length: bigint): Value {
  return { type: 'raw', value: Buffer.concat([number32(9), number32(elementType), number64(length)]) };
}
/** A text that says it has so many bytes, and ends there. */
export function stringOf(length: bigint): Value {
  return { type: 'raw', value: Buffer.concat([number32(8), number64(length)]) };
}

/** The file with some of its metadata replaced; null: left out. */
export function withMetadata(changes: Readonly<Record<string, Value | null>>): GgufFile {
  const metadata: Record<string, Value> = { ...plainFile.metadata };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete metadata[key];
    else metadata[key] = value;
  }
  return { ...plainFile, metadata };
}

export function writeGguf(path: string, { metadata, tensors, data }: GgufFile): void {
  let offset = 0n;
  const infos = tensors.map(({ name, shape }) => {
    const info = [text(name), number32(shape.length), ...shape.map(number64), number32(0), number64(offset)];
    offset += shape.reduce<bigint>((product, length) => product * BigInt(length), 4n);
    return Buffer.concat(info);
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    number32(3),
    number64(tensors.length),
    number64(Object.keys(metadata).length),
    ...Object.entries(metadata).map(([key, value]) => Buffer.concat([text(key), encode(value)])),
    ...infos,
  ]);
  const aligned = Buffer.alloc(Math.ceil(header.length / 32) * 32 + data);
  header.copy(aligned);
  writeFileSync(path, aligned);
}

function encode({ type, value }: Value): Buffer {
  const bytes = Buffer.alloc(8);
  switch (type) {
    case 'u32':
      return Buffer.concat([number32(4), number32(Number(value))]);
    case 'i32':
      bytes.writeInt32LE(Number(value));
      return Buffer.concat([number32(5), bytes.subarray(0, 4)]);
    case 'f32':
      bytes.writeFloatLE(Number(value));
      return Buffer.concat([number32(6), bytes.subarray(0, 4)]);
    case 'f64':
      bytes.writeDoubleLE(Number(value));
      return Buffer.concat([number32(12), bytes]);
    case 'u64':
      return Buffer.concat([number32(10), number64(value)]);
    case 'string':
      return Buffer.concat([number32(8), text(value)]);
    case 'raw':
      return value;
  }
}

function text(value: string): Buffer {
  return Buffer.concat([number64(Buffer.byteLength(value)), Buffer.from(value)]);
}
function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
function number64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
