/** The first 24 bytes of a GGUF file: enough to tell a model from anything else before a process is started for it. */

/** Bytes to read from the start of the file. */
export const HEADER_BYTES = 24;

/** What one entry takes in the file at least: a key with a one-byte value; a name, one dimension, type and offset. */
const SMALLEST_KEY_VALUE = 14;
const SMALLEST_TENSOR = 33;
const VERSIONS = { first: 2, last: 3 };

export interface GgufHeader {
  readonly version: number;
  readonly tensors: number;
  readonly keyValues: number;
}

/**
 * @param start the first `HEADER_BYTES` of the file, or all of a shorter one.
 * @param fileSize bytes.
 * @throws Error in words that complete "This file …".
 */
export function parseGgufHeader(start: Buffer, fileSize: number): GgufHeader {
  if (start.length === 0) throw new Error('is empty');
  if (start.toString('latin1', 0, 4) !== 'GGUF') throw new Error('is not a GGUF file');
  if (start.length < HEADER_BYTES) throw new Error('is a GGUF file cut off in its header');

  const version = start.readUInt32LE(4);
  if (start.readUInt16LE(4) === 0)
    throw new Error('is a big-endian GGUF file, which this machine cannot read');
  if (version < VERSIONS.first) throw new Error(`has the outdated GGUF version ${version}`);
  if (version > VERSIONS.last)
    throw new Error(`has GGUF version ${version}, newer than this VRAMesh knows (${VERSIONS.last})`);

  const tensors = Number(start.readBigUInt64LE(8));
  const keyValues = Number(start.readBigUInt64LE(16));
  if (tensors === 0) throw new Error('holds no weights, only a vocabulary or settings');
  if (HEADER_BYTES + tensors * SMALLEST_TENSOR + keyValues * SMALLEST_KEY_VALUE > fileSize)
    throw new Error('is damaged or incomplete: its header promises more than the file holds');
  return { version, tensors, keyValues };
}
