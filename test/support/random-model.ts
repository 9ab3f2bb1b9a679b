/**
 * A model of any size with random weights, for measures in which the words do not matter: llama architecture, Q4_0 or F16,
 * with the embedded model's vocabulary. The layout is GGUF's, version 3.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';

export interface ModelShape {
  /** A multiple of 64. */
  readonly embedding: number;
  readonly feedForward: number;
  readonly layers: number;
  readonly heads: number;
  /** Fewer than heads, which then share keys and values: a smaller KV cache. Default: as many. */
  readonly kvHeads?: number;
  /** Tokens that it claims to have been trained for; default 4096. */
  readonly context?: number;
  /** F16 is computed alike everywhere; Q4_0, the default, is arranged anew on some CPUs. */
  readonly weights?: 'q4_0' | 'f16';
  /**
   * Tokens of the embedded model's vocabulary: it writes these, whatever the prompt, and ends. (Its layers then add nothing
   * to what passes through them.) Q4_0 only.
   */
  readonly says?: readonly string[];
  /** A Jinja template for conversations. */
  readonly chatTemplate?: string;
  /** Tokens of the embedded model's vocabulary that are spelled in another way here. */
  readonly spelled?: Readonly<Record<string, string>>;
}

/** 1.0 GB, with little else to make room for: it fits over two machines that have 700 MB each. */
export const oneGigabyte = {
  embedding: 2048,
  feedForward: 3072,
  layers: 64,
  heads: 16,
  kvHeads: 1,
  context: 128,
} satisfies ModelShape;

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: typeof F32 | typeof F16 | typeof Q4_0;
}

const F32 = 0;
const F16 = 1;
const Q4_0 = 2;
const ALIGNMENT = 32;
/** Weights of a Q4_0 block, and its bytes: a 16-bit scale and half a byte a weight. */
const BLOCK = { weights: 32, bytes: 18 };
const STRING = 8;
const ARRAY = 9;
const SCALAR_BYTES: Record<number, number> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

export function writeRandomModel(file: string, shape: ModelShape): void {
  const vocabulary = readVocabulary(path.resolve('media/models/tiny-ts-fim-q8_0.gguf'), shape.spelled ?? {});
  const tensors = tensorsOf(shape, vocabulary.tokens.length);
  const metadata = [...vocabulary.entries, ...metadataOf(shape, vocabulary.tokens.length)];
  let offset = 0;
  const infos = tensors.map((tensor) => {
    const info = [
      text(tensor.name),
      u32(tensor.shape.length),
      ...tensor.shape.map(u64),
      u32(tensor.type),
      u64(offset),
    ];
    offset += aligned(bytesOf(tensor));
    return Buffer.concat(info);
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata,
    ...infos,
  ]);

  const output = openSync(file, 'w');
  writeSync(output, Buffer.concat([header, Buffer.alloc(aligned(header.length) - header.length)]));
  const speech = shape.says && speechOf(shape.says, vocabulary.tokens, shape.embedding);
  for (const tensor of tensors) writeSync(output, speech?.(tensor) ?? weightsOf(tensor, shape.embedding));
  closeSync(output);
}

function tensorsOf(
  { embedding, feedForward, layers, heads, kvHeads = heads, weights: type }: ModelShape,
  vocabulary: number,
): Tensor[] {
  const weights = (name: string, ...shape: number[]): Tensor => ({
    name: `${name}.weight`,
    shape,
    type: type === 'f16' ? F16 : Q4_0,
  });
  const norm = (name: string): Tensor => ({ name: `${name}.weight`, shape: [embedding], type: F32 });
  const blocks = Array.from({ length: layers }, (_none, index) => [
    norm(`blk.${index}.attn_norm`),
    ...['attn_q', 'attn_output'].map((name) => weights(`blk.${index}.${name}`, embedding, embedding)),
    ...['attn_k', 'attn_v'].map((name) =>
      weights(`blk.${index}.${name}`, embedding, (embedding / heads) * kvHeads),
    ),
    norm(`blk.${index}.ffn_norm`),
    weights(`blk.${index}.ffn_gate`, embedding, feedForward),
    weights(`blk.${index}.ffn_up`, embedding, feedForward),
    weights(`blk.${index}.ffn_down`, feedForward, embedding),
  ]);
  return [
    weights('token_embd', embedding, vocabulary),
    ...blocks.flat(),
    norm('output_norm'),
    weights('output', embedding, vocabulary),
  ];
}

function metadataOf(
  {
    embedding,
    feedForward,
    layers,
    heads,
    kvHeads = heads,
    context = 4096,
    weights,
    chatTemplate,
  }: ModelShape,
  vocabulary: number,
): Buffer[] {
  const numbers: Record<string, number> = {
    'llama.context_length': context,
    'llama.embedding_length': embedding,
    'llama.block_count': layers,
    'llama.feed_forward_length': feedForward,
    'llama.attention.head_count': heads,
    'llama.attention.head_count_kv': kvHeads,
    'llama.rope.dimension_count': embedding / heads,
    'llama.vocab_size': vocabulary,
    'general.file_type': weights === 'f16' ? 1 : 2,
  };
  return [
    stringEntry('general.architecture', 'llama'),
    ...(chatTemplate === undefined ? [] : [stringEntry('tokenizer.chat_template', chatTemplate)]),
    Buffer.concat([text('llama.attention.layer_norm_rms_epsilon'), u32(6), f32(1e-5)]),
    ...Object.entries(numbers).map(([key, value]) => Buffer.concat([text(key), u32(4), u32(value)])),
  ];
}

function stringEntry(key: string, value: string): Buffer {
  return Buffer.concat([text(key), u32(STRING), text(value)]);
}

function weightsOf(tensor: Tensor, embedding: number): Buffer {
  const bytes = Buffer.alloc(aligned(bytesOf(tensor)));
  if (tensor.type === F32) {
    for (let at = 0; at < bytesOf(tensor); at += 4) bytes.writeFloatLE(1, at);
    return bytes;
  }
  // A power of two near the usual 1/√embedding, as a 16-bit float; weights are -8 to 7 of it.
  const exponent = Math.round(Math.log2(1 / Math.sqrt(embedding) / 5));
  if (tensor.type === F16) {
    // Sign and fraction at random, between one and two times that power.
    for (let at = 0; at < bytesOf(tensor); at += 2)
      bytes.writeUInt16LE(((random() & 0x80) << 8) | ((exponent + 17) << 10) | (random() << 2), at);
    return bytes;
  }
  for (let at = 0; at < bytesOf(tensor); at += BLOCK.bytes) {
    bytes.writeUInt16LE((exponent + 15) << 10, at);
    for (let weight = 2; weight < BLOCK.bytes; weight++) bytes[at + weight] = random();
  }
  return bytes;
}

let state = 2463534242;
/** One byte; the same sequence in every run (xorshift, Marsaglia 2003). */
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state & 0xff;
}

/**
 * The weights that make it say something: a token's row in the output is the row of the embedding of the token before it,
 * and what the layers would add to that is nothing.
 */
function speechOf(
  says: readonly string[],
  tokens: readonly string[],
  embedding: number,
): (tensor: Tensor) => Buffer | null {
  const row = (embedding / BLOCK.weights) * BLOCK.bytes;
  const rows = (count: number) => weightsOf({ name: '', shape: [embedding, count], type: Q4_0 }, embedding);
  const oneRow = () => rows(1).subarray(0, row);
  const [start, ...after] = says.map(oneRow);
  const chain = [...says, '<|endoftext|>'].map((text) => tokens.indexOf(text));
  if (!start || chain.includes(-1)) throw new Error(`not in the vocabulary: ${says}`);
  const last = oneRow();
  const before = Buffer.concat(tokens.map(() => start));
  const next = rows(tokens.length);
  for (const [index, token] of chain.entries()) {
    const here = [start, ...after, last];
    here[index + 1]?.copy(before, token * row);
    here[index]?.copy(next, token * row);
  }
  return (tensor) => {
    if (tensor.name === 'token_embd.weight') return before;
    if (tensor.name === 'output.weight') return next;
    if (!/attn_output|ffn_down/.test(tensor.name)) return null;
    const silent = weightsOf(tensor, embedding);
    for (let at = 0; at < bytesOf(tensor); at += BLOCK.bytes) silent.writeUInt16LE(0, at);
    return silent;
  };
}

/** The raw metadata entries of a file's tokenizer, and its tokens. */
function readVocabulary(
  file: string,
  spelled: Readonly<Record<string, string>>,
): { entries: Buffer[]; tokens: string[] } {
  const source = readFileSync(file);
  let at = 16;
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const number = () => Number(source.readBigUInt64LE(take(8)));
  const kind = () => source.readUInt32LE(take(4));
  const string = () => {
    const length = number();
    return source.toString('utf8', take(length), at);
  };
  const value = (type: number): string[] => {
    if (type === STRING) return [string()];
    if (type === ARRAY) {
      const element = kind();
      return Array.from({ length: number() }, () => value(element)).flat();
    }
    at += SCALAR_BYTES[type] ?? 0;
    return [];
  };

  const entries: Buffer[] = [];
  let tokens: string[] = [];
  for (let left = number(); left > 0; left--) {
    const start = at;
    const key = string();
    const strings = value(kind());
    if (key === 'tokenizer.ggml.tokens') {
      tokens = strings.map((token) => spelled[token] ?? token);
      const list = [text(key), u32(ARRAY), u32(STRING), u64(tokens.length), ...tokens.map(text)];
      entries.push(Buffer.concat(list));
    } else if (key.startsWith('tokenizer.')) entries.push(source.subarray(start, at));
  }
  return { entries, tokens };
}

function bytesOf({ shape, type }: Tensor): number {
  const weights = shape.reduce((product, length) => product * length, 1);
  if (type === Q4_0) return (weights / BLOCK.weights) * BLOCK.bytes;
  return weights * (type === F32 ? 4 : 2);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}
